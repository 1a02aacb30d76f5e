"""How long the copy of a recovery point took: the figure that proofs of a lost Region rest on.

It is asked for when the restore is over, and outside what the scenario takes for lost: a copy job is told of by the
account and Region of its source, and what it says there has no part in the restore. Where it cannot be had, the drill
says why and comes to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from holdfast.drills.checks import Check, CheckKind, passed, skipped
from holdfast.drills.context import Drill, steps_in
from holdfast.drills.interface import CopyTimed, Nothing, Selection
from holdfast.drills.journal import Entry
from holdfast.errors import HoldfastError, Interrupted

STEP, CHECK = "time-copy", "copy-timed"
_EXPECTED = "the time of the copy job"


@runtime_checkable
class TimesCopies(Protocol):
    """A kind that can find the job that copied the recovery point it restored."""

    def copied(self, drill: Drill, selection: Selection) -> CopyTimed | Nothing:
        """The job, or why there is none to be found; nothing of the scenario is out of reach here.

        Raises:
            HoldfastError: the service refuses or does not answer.
        """


def time_copy(kind: object, drill: Drill, selection: Selection | None) -> None:
    """Ask the kind, or the one it wraps, and journal what it says: once, and nothing where no kind knows of copies."""
    kind = getattr(kind, "inner", kind)
    if not isinstance(kind, TimesCopies) or selection is None or selection.point is None:
        return
    if any(each.outcome for each in drill.steps(STEP)):
        return
    with drill.step(STEP, point=selection.point.id) as step:
        try:
            found = kind.copied(drill, selection)
        except Interrupted:
            raise
        except HoldfastError as error:
            found = Nothing(reason=f"{error.message}; the time of the copy stays an assumption")
        step.done(**found.model_dump(mode="json"))


def copy_of(entries: Sequence[Entry]) -> CopyTimed | Nothing | None:
    """What a journal says of the copy; None where nobody asked."""
    outcome = next((each.outcome for each in steps_in(tuple(entries), STEP) if each.outcome), None)
    if outcome is None:
        return None
    return Nothing.model_validate(outcome) if "reason" in outcome else CopyTimed.model_validate(outcome)


def copy_checks(found: CopyTimed | Nothing | None) -> tuple[Check, ...]:
    """The same as a check. It is about the drill: no restore is right because its copy was timed."""
    if found is None:
        return ()
    if isinstance(found, Nothing):
        return (skipped(CHECK, CheckKind.CARRIED_OUT, found.reason, essential=False, expected=_EXPECTED),)
    observed = f"{found.seconds:.3f} s, job {found.job}"
    return (passed(CHECK, CheckKind.CARRIED_OUT, expected=_EXPECTED, observed=observed),)


def with_copy(selection: Selection | None, found: CopyTimed | Nothing | None) -> Selection | None:
    """The selection, its recovery point with the copy job where there is one."""
    if selection is None or selection.point is None or not isinstance(found, CopyTimed):
        return selection
    return selection.model_copy(update={"point": selection.point.model_copy(update={"copied": found})})
