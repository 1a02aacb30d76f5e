"""Recovery time and recovery point, measured.

Recovery time runs on the monotonic clock from the declaration to the end of verification, so a clock that is set
during the drill changes nothing. A monotonic clock does not survive a process: a resumed drill is measured on the wall
clock, the interruption included, and says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from holdfast.drills.checks import Check, CheckKind, failed, passed, skipped
from holdfast.drills.journal import Entry
from holdfast.drills.phases import UNTIL_VERIFIED, Phase

MOST_SKEW = timedelta(minutes=5)
"""More than this between host and server, and no figure can be relied on."""
MOVED_NOTED = 5.0
"""Seconds the wall clock may run apart from the monotonic one before a record says so."""


@dataclass(frozen=True)
class PhaseTime:
    """How long one phase took. `monotonic` is false when it was interrupted and taken up by another process."""

    phase: Phase
    began_at: datetime
    ended_at: datetime | None
    seconds: float | None
    monotonic: bool

    def document(self) -> dict[str, Any]:
        """The phase as one row of a timeline."""
        return {
            "phase": self.phase.value,
            "began_at": self.began_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "seconds": _rounded(self.seconds),
            "clock": "monotonic" if self.monotonic else "wall",
        }


@dataclass(frozen=True)
class Measured:
    """A figure against its objective. `met` is None when nobody declared one, or the figure cannot be judged by it."""

    seconds: float | None = None
    target: timedelta | None = None
    met: bool | None = None

    def document(self) -> dict[str, Any]:
        """The figure under the names people script against."""
        return {
            "measured_seconds": self.seconds,
            "target_seconds": None if self.target is None else self.target.total_seconds(),
            "met": self.met,
        }


def against(seconds: float | None, target: timedelta | None, *, representative: bool = True) -> Measured:
    """Compare a figure, rounded to milliseconds, with its objective; exactly at the objective is met.

    Args:
        seconds: what was measured; None when it could not be.
        target: the objective; None when none is declared.
        representative: whether the figure speaks for everything the objective is about. A figure that does not (the
            recovery time of a sample) can miss the objective and can never meet it.
    """
    seconds = _rounded(seconds)
    if seconds is None or target is None:
        return Measured(seconds, target)
    inside = seconds <= target.total_seconds()
    return Measured(seconds, target, met=inside if representative or not inside else None)


def timeline(entries: Sequence[Entry]) -> tuple[PhaseTime, ...]:
    """The phases a journal tells of, in order; a phase begun again counts from its first beginning.

    Times of the first run are the declaration plus elapsed time, so that they stay in order when the clock is set.
    """
    return tuple(time for phase in Phase if (time := _phase_time(entries, phase)))


def recovery_seconds(entries: Sequence[Entry]) -> float | None:
    """From the declaration to the end of verification; None when nothing was verified, or the clock ran back."""
    declared = next((each for each in entries if each.event == "phase-begin" and each.phase == Phase.DECLARE), None)
    verified = _last(entries, "phase-end", Phase.VERIFY)
    if declared is None or verified is None:
        return None
    seconds, _ = _between(declared, verified)
    return seconds if seconds >= 0 else None


def ran_backwards(entries: Sequence[Entry]) -> float | None:
    """By how many seconds the wall clock ran backwards between two runs of a resumed drill, if it did."""
    back = [
        (before.at - after.at).total_seconds()
        for before, after in itertools.pairwise(entries)
        if after.run != before.run and after.at < before.at
    ]
    return max(back, default=None)


def moved_seconds(entries: Sequence[Entry]) -> float:
    """By how many seconds the wall clock was set forward (or back, when negative) during the first run."""
    first = entries[0]
    last = [each for each in entries if each.run == first.run][-1]
    return (last.at - first.at).total_seconds() - (last.monotonic - first.monotonic)


def recovery_point_seconds(failed_at: datetime, newest_committed: datetime | None) -> float | None:
    """How much was lost: from the newest committed data found in what was restored to the failure.

    Both are times of the same server clock, good to a second; data of the second of the failure counts as no loss.
    """
    return None if newest_committed is None else max(0.0, (failed_at - newest_committed).total_seconds())


def skew_doubt(seconds: float | None) -> str | None:
    """Why the clocks cannot be relied on, if they cannot."""
    if seconds is None:
        return "the clock that stamps recovery points could not be read"
    if abs(seconds) <= MOST_SKEW.total_seconds():
        return None
    limit = int(MOST_SKEW.total_seconds())
    return f"the clocks of this host and of the service differ by {seconds:.0f} s; the limit is {limit} s"


def objective_check(id_: str, measured: Measured, unjudged: str) -> Check:
    """The objective as a check; skipped, with `unjudged` as the reason, when it cannot be judged."""
    figure = "" if measured.seconds is None else f"{measured.seconds:.3f} s"
    if measured.met is None or measured.target is None:
        return skipped(id_, CheckKind.OBJECTIVE, unjudged, essential=False, observed=figure)
    expected = f"at most {measured.target.total_seconds():.0f} s"
    if measured.met:
        return passed(id_, CheckKind.OBJECTIVE, expected=expected, observed=figure)
    return failed(id_, CheckKind.OBJECTIVE, f"{figure} is over the objective", expected=expected, observed=figure)


def seconds_by_phase(times: Iterable[PhaseTime]) -> dict[str, float]:
    """What the recovery time is made of: each finished phase up to the end of verification."""
    finished = ((time.phase, time.seconds) for time in times if time.phase in UNTIL_VERIFIED)
    return {phase.value: round(seconds, 3) for phase, seconds in finished if seconds is not None and seconds >= 0}


def _phase_time(entries: Sequence[Entry], phase: Phase) -> PhaseTime | None:
    began = next((each for each in entries if each.event == "phase-begin" and each.phase == phase), None)
    if began is None:
        return None
    ended = _last(entries, "phase-end", phase)
    if ended is None:
        return PhaseTime(phase, _time_of(began, entries), None, None, monotonic=True)
    seconds, monotonic = _between(began, ended)
    return PhaseTime(phase, _time_of(began, entries), _time_of(ended, entries), seconds, monotonic)


def _time_of(entry: Entry, entries: Sequence[Entry]) -> datetime:
    first = entries[0]
    return entry.at if entry.run != first.run else first.at + timedelta(seconds=entry.monotonic - first.monotonic)


def _last(entries: Sequence[Entry], event: str, phase: Phase) -> Entry | None:
    return next((each for each in reversed(entries) if each.event == event and each.phase == phase), None)


def _between(first: Entry, last: Entry) -> tuple[float, bool]:
    if first.run == last.run:
        return last.monotonic - first.monotonic, True
    return (last.at - first.at).total_seconds(), False


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
