"""The most data a set of backup rules can lose: the bound a recovery point objective is held against.

Let a run be scheduled at `t`. It starts at some moment `s` of `[t, t + start window]`, holds the data as of `s`, and
can be restored from at some moment of `[s, t + usable]`, `usable` being start window + completion window (+ the time of
the copy where only copies survive). A disaster at `x` loses what was written after the newest `s` usable by `x`. The
worst for a given `x` is: every run that has until after `x` is not usable yet, and every other started at once, at its
`t`. No choice for one run hinders that for another, so the loss at `x` is exactly

    x - max { t : t + usable <= x }

It grows with `x` until just before a run with a later `t` becomes usable. Leaving out the runs another one dominates
(scheduled no earlier, usable no later), the bound is therefore the maximum, over runs that follow each other, of

    t(next) + usable(next) - t(previous)

AWS says two things of the completion window: that it begins "after a backup job is successfully started" (BackupRule)
and that it "begins counting down from when the backup was scheduled" (StartBackupJob). The bound takes the later end,
start window + completion window, which holds under both:
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html,
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html

A run that has not begun or ended by then is cancelled by AWS Backup. That is a failed backup, which alarms have to
report; a proof says what the declaration promises, not that every job succeeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from holdfast.objectives.gaps import Gap, gap_left_open, longest_gap
from holdfast.objectives.horizon import Horizon
from holdfast.objectives.plan import Planned, runs_made
from holdfast.objectives.schedule import Cron, Rate, Schedule
from holdfast.objectives.thinning import Points, without_dominated


class Source(NamedTuple):
    """A rule as a source of recovery points.

    Attributes:
        schedule: when it runs.
        start_window: from the scheduled time to the latest start.
        usable: from the scheduled time until the recovery point can be restored from, at the latest.
        retention: how long the recovery point is kept.
        precedence: retention the rule asks for in the primary Region; of overlapping runs AWS Backup makes the one kept
            longest.
        counts: whether its recovery points survive what happened.
    """

    schedule: Schedule
    start_window: timedelta
    usable: timedelta
    retention: timedelta
    precedence: timedelta
    counts: bool = True


@dataclass(frozen=True)
class Loss:
    """The most data that can be lost.

    Attributes:
        gap: a stretch of time in which that much is lost; nothing when there is no source or none ever runs.
        timezone: the zone of a schedule, for showing the stretch.
        expires: recovery points are deleted before the next one is usable, so there is no bound.
    """

    gap: Gap | None
    timezone: str = "UTC"
    expires: bool = False

    @property
    def bound(self) -> timedelta | None:
        """The age of what is lost; nothing when there is no limit to it."""
        return None if self.gap is None or self.expires else timedelta(seconds=self.gap.seconds)


@lru_cache(maxsize=8192)
def worst_loss(sources: tuple[Source, ...], horizon: Horizon, now: datetime, *, one_plan: bool) -> Loss:
    """The most data lost when only the sources that count survive.

    A source that keeps its points for less than the bound could be without any when it is needed: such sources are left
    out until none is left that does.

    Args:
        sources: all rules of the dataset.
        horizon: the years looked at.
        now: a moment of today; of equal stretches the next one is shown.
        one_plan: the rules are one AWS Backup plan, in which overlapping runs are dropped.
    """
    counted = tuple(source for source in sources if source.counts)
    found = loss = _worst_of(sources, counted, horizon, now, one_plan=one_plan)
    while loss.bound is not None:
        kept = tuple(source for source in counted if source.retention >= loss.bound)
        if kept == counted:
            return loss
        counted, loss = kept, _worst_of(sources, kept, horizon, now, one_plan=one_plan)
    return replace(found, expires=found.gap is not None)


def _worst_of(
    sources: tuple[Source, ...], counted: tuple[Source, ...], horizon: Horizon, now: datetime, *, one_plan: bool
) -> Loss:
    """The best of: the cron schedules together, and each rate alone, for when a rate runs beside them is not known."""
    found = [
        Loss(_rate_gap(source.schedule, source.usable, now), source.schedule.timezone)
        for source in counted
        if isinstance(source.schedule, Rate)
    ]
    ties = one_plan and len({source.precedence for source in sources}) < len(sources)
    orders = (sources, sources[::-1]) if ties else (sources,)
    gaps = [_cron_gap(order, counted, horizon, now, one_plan=one_plan) for order in orders]
    if worst := max((gap for gap in gaps if gap), key=lambda gap: gap.seconds, default=None):
        timezone = next(source.schedule.timezone for source in counted if isinstance(source.schedule, Cron))
        found.append(Loss(worst, timezone))
    return min(found, key=lambda loss: loss.gap.seconds if loss.gap else 0, default=Loss(None))


def _rate_gap(rate: Rate, usable: timedelta, now: datetime) -> Gap:
    """A rate has no declared beginning: a run may be due now, and the next one an interval later."""
    bound = rate.interval + usable
    start = now.replace(second=0, microsecond=0)
    return Gap(int(bound.total_seconds()), start, start + bound)


def _cron_gap(
    sources: Sequence[Source], counted: Sequence[Source], horizon: Horizon, now: datetime, *, one_plan: bool
) -> Gap | None:
    """The longest gap; of rules that keep equally long, the earlier in `sources` goes before the later.

    What every point waits for alike (a copy, say) lengthens every gap alike, so the gaps of several scenarios are found
    once. Only what is left at the end of the horizon is no such gap.
    """
    planned, usable = [], []
    counting = {id(source) for source in counted}
    for source in sources:
        if isinstance(source.schedule, Cron):
            start_window = math.ceil(source.start_window.total_seconds() / 60)
            planned.append(Planned(source.schedule, start_window, source.precedence))
            usable.append(int(source.usable.total_seconds()) if id(source) in counting else None)
    alike = min((each for each in usable if each is not None), default=0)
    offsets = tuple(None if each is None else each - alike for each in usable)
    gap = _gap_of(tuple(planned), offsets, horizon, now, dropping=one_plan)
    if gap is not None and gap.open_end:
        return _gap_of(tuple(planned), tuple(usable), horizon, now, dropping=one_plan)
    if gap is None:
        return None
    return replace(gap, seconds=gap.seconds + alike, end=gap.end + timedelta(seconds=alike))


@lru_cache(maxsize=8192)
def _gap_of(
    plan: tuple[Planned, ...], usable: tuple[int | None, ...], horizon: Horizon, now: datetime, *, dropping: bool
) -> Gap | None:
    """The longest gap between the points of the rules that have a time until they are usable, in seconds."""
    made = [
        [Points(run.days, run.minutes, run.start_window, run.again, 60 * run.again + seconds) for run in runs]
        for runs, seconds in zip(runs_made(plan, horizon, dropping=dropping), usable, strict=True)
        if seconds is not None
    ]
    if not dropping:  # where runs are dropped, what drops them falls into the gap they leave
        densest = max(made, key=_runs, default=[])
        others = [run for runs in made if runs is not densest for run in runs]
        if found := gap_left_open(without_dominated(densest), others, horizon, now):
            return found
    return longest_gap(without_dominated([*chain(*made)]), horizon, now)


def _runs(points: Sequence[Points]) -> int:
    """How many runs there are."""
    return sum(len(each.minutes) * each.days.bit_count() for each in points)
