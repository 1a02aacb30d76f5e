"""The phases of one drill, carried out one after the other, each journalled before and after.

A phase that its journal says is done is not done again; that is all there is to resuming.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from pydantic import BaseModel

from holdfast.aws.errors import CredentialsExpired, CredentialsMissing, ServiceBusy, ServiceUnreachable
from holdfast.aws.second_pass import StillMissing
from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.drills.answering import Answering
from holdfast.drills.checks import CheckKind, failed
from holdfast.drills.cleaning import clean_up
from holdfast.drills.closing import draw_up
from holdfast.drills.context import Drill
from holdfast.drills.copy_timing import time_copy
from holdfast.drills.errors import TargetGone
from holdfast.drills.folders import (
    Folders,
    empty_target,
    is_ours,
    make_scratch,
    refuse_overlap,
    remove_scratch,
    require_target,
)
from holdfast.drills.interface import Kind, Nothing, Selection, Survey
from holdfast.drills.journal import Entry, Journal
from holdfast.drills.measure import skew_doubt
from holdfast.drills.phases import Phase
from holdfast.drills.preflight import check_budget
from holdfast.drills.result import DrillResult, Recorder
from holdfast.drills.state import State, fold
from holdfast.environments.model import Environment
from holdfast.errors import HoldfastError, InputError, Interrupted, StorageError, Terminated
from holdfast.postgres.errors import NotInstalled


@dataclass
class Execution:
    """One process at work on one drill.

    Args:
        sessions: AWS as the drill may use it, guarded when the scenario loses a Region.
        outside: AWS without that guard, for what is asked once the restore is over.
        say: where progress is told.
    """

    kind: Kind
    environment: Environment
    folders: Folders
    journal: Journal
    sessions: Sessions
    outside: Sessions
    clock: Clock
    recorder: Recorder
    say: Callable[[str], None]
    _known: tuple[tuple[Entry, ...], State] | None = field(default=None, init=False)

    @property
    def state(self) -> State:
        """What the journal says now; read again only when it has grown."""
        entries = self.journal.entries
        if self._known is None or self._known[0] is not entries:
            self._known = (entries, fold(entries))
        return self._known[1]

    def carry_out(self) -> DrillResult:
        """Run every phase that is not done yet.

        Raises:
            HoldfastError: why preflight refuses the drill; nothing was restored.
            Interrupted: a signal came; clean-up was attempted, and what is recorded is inconclusive.
        """
        try:
            return self._carry_out()
        except _Refused as refused:
            raise refused.because from None
        except (KeyboardInterrupt, Interrupted) as signal:
            error = Terminated if isinstance(signal, Terminated) else Interrupted
            raise error(during=self._where().doing, hint=self._way_on()) from None

    def _carry_out(self) -> DrillResult:
        try:
            if not self.state.stopped:
                self._attempt()
            return self._finish()
        except _Refused:
            self._clean_up()
            self.journal.append("ended", how="refused")
            raise
        except Interrupted:
            self._break_off(_in_words("terminated", self._where()))
            raise
        except HoldfastError:
            raise  # the journal or the record cannot be written: nothing more can be said, and it can be resumed
        except BaseException as error:
            word = "interrupted" if isinstance(error, KeyboardInterrupt) else f"an unexpected {type(error).__name__}"
            self._break_off(_in_words(word, self._where()))
            raise

    def _break_off(self, doubt: str) -> None:
        """Clean up and record what came to be, with the doubt; a second signal leaves that to `resume` or `sweep`."""
        self._stop(doubt=doubt)
        with contextlib.suppress(HoldfastError):
            self._finish()

    def _attempt(self) -> None:
        self._phase(Phase.PREFLIGHT, self._preflight)
        self._phase(Phase.SELECT, self._select)
        for phase, act in (
            (Phase.RESTORE, self._restore),
            (Phase.VERIFY, self._verify),
            (Phase.PROBE, self.kind.probe),
        ):
            selection = self.state.selection
            if selection is not None:
                self._phase(phase, partial(act, selection=selection))

    def _finish(self) -> DrillResult:
        self._phase(Phase.MEASURE, self._measure)
        self._clean_up()
        self._answer()
        return self._record()

    def _phase(self, phase: Phase, act: Callable[[Drill], BaseModel | None]) -> None:
        """One phase, unless it is done or the drill has stopped. What goes wrong in it stops the drill."""
        state = self.state
        if phase in state.outcomes or (state.stopped and phase in _ATTEMPTED):
            return
        self.say(phase.doing)
        self.journal.append("phase-begin", phase)
        try:
            outcome = act(self.drill())
        except (_Refused, Interrupted):
            raise
        except HoldfastError as error:
            self._stop(**_speaks_against(error, phase))
            return
        document = outcome.model_dump(mode="json") if outcome else None
        doubt = skew_doubt(outcome.skew_seconds) if isinstance(outcome, Survey) else None
        self.journal.append("phase-end", phase, outcome=document, doubt=doubt, refused_calls=self._refused_calls())
        if isinstance(outcome, Nothing):
            self._stop(doubt=f"no recovery point: {outcome.reason}")

    def _preflight(self, drill: Drill) -> Survey:
        try:
            survey = self.kind.survey(drill)
            refuse_overlap(self.folders.scratch, survey.sources)
            with drill.step("make-scratch", path=str(self.folders.scratch)):
                if is_ours(self.folders):
                    remove_scratch(self.folders.scratch)
                make_scratch(self.folders)
        except Interrupted:
            raise
        except HoldfastError as error:
            raise _Refused(error) from error
        return survey

    def _select(self, drill: Drill) -> Selection | Nothing:
        try:
            found = self.kind.select(drill)
            if isinstance(found, Selection):
                check_budget(found, drill.spec, self.folders.scratch)
        except InputError as error:
            raise _Refused(error) from error
        return found

    def _restore(self, drill: Drill, selection: Selection) -> BaseModel:
        empty_target(self.folders)
        return self.kind.restore(drill, selection)

    def _verify(self, drill: Drill, selection: Selection) -> BaseModel:
        restored = self.state.restored
        require_target(self.folders)
        if restored is None:
            raise TargetGone(path=self.folders.target)
        return self.kind.verify(drill, selection, restored)

    def _measure(self, drill: Drill) -> BaseModel:
        """The figures follow from the journal; what the record speaks of, and the time of a copy, is read now."""
        if not self.state.stopped:
            time_copy(self.kind, replace(drill, sessions=self.outside), self.state.selection)
        return self.recorder.provenance()

    def _clean_up(self) -> None:
        self._phase(Phase.CLEAN_UP, lambda drill: clean_up(self.kind, drill, self.folders))

    def _answer(self) -> None:
        """Tell the kind's service the verdict, where one keeps it; what it does not take fails the drill."""
        if not isinstance(self.kind, Answering) or Phase.RECORD in self._begun():
            return
        result = draw_up(self.journal.entries, self.environment, self.folders)
        try:
            self.kind.answer(self.drill(), result.verdict, result.reasons)
        except Interrupted:
            raise
        except HoldfastError as error:
            problem = failed("verdict-answered", CheckKind.CARRIED_OUT, error.message, expected="answered")
            self._stop(problem=problem.model_dump(mode="json"))

    def _begun(self) -> set[str | None]:
        return {each.phase for each in self.journal.entries if each.event == "phase-begin"}

    def _record(self) -> DrillResult:
        result = draw_up(self.journal.entries, self.environment, self.folders)
        self.say(Phase.RECORD.doing)
        self.journal.append("phase-begin", Phase.RECORD)
        recorded = self.recorder.record(result)
        self.journal.append("phase-end", Phase.RECORD, outcome=None, evidence=recorded.document())
        self.journal.append("ended", how=result.verdict.value)
        return replace(result, evidence=recorded)

    def drill(self) -> Drill:
        """The drill as its kind sees it."""
        state = self.state
        return Drill(
            drill_id=state.drill_id,
            spec=state.spec,
            environment=self.environment,
            sessions=self.sessions,
            clock=self.clock,
            target=self.folders.target,
            journal=self.journal,
            failed_at=state.failed_at,
            say=self.say,
        )

    def _stop(self, **because: Any) -> None:
        self.journal.append("stopped", self._where(), refused_calls=self._refused_calls(), **because)

    def _refused_calls(self) -> list[str]:
        return [f"{each.service} {each.operation} ({each.why})" for each in self.sessions.guard.refused]

    def _where(self) -> Phase:
        """The phase the drill is in, or the one it was stopped in."""
        entries = self.journal.entries
        stopped = (each.phase for each in entries if each.event == "stopped")
        begun = (each.phase for each in reversed(entries) if each.event == "phase-begin")
        return Phase(next(stopped, None) or next(begun, None) or Phase.DECLARE)

    def _way_on(self) -> str:
        state = self.state
        if state.ended is not None:
            return f"drill {state.drill_id} is cleaned up and recorded as {state.ended}"
        environment, kind = self.environment.environment, state.spec.kind
        return (
            f"finish it with: holdfast drill run {environment} {kind} --resume {state.drill_id}; "
            f"or remove what it left with: holdfast drill sweep {environment}"
        )


class _Refused(Exception):  # not an error of its own: it carries one out
    """Preflight refuses the drill."""

    def __init__(self, because: HoldfastError) -> None:
        super().__init__(because.message)
        self.because = because


_ATTEMPTED = frozenset({Phase.PREFLIGHT, Phase.SELECT, Phase.RESTORE, Phase.VERIFY, Phase.PROBE})
_NOT_THE_BACKUP = (
    CredentialsExpired,
    CredentialsMissing,
    NotInstalled,
    ServiceBusy,
    ServiceUnreachable,
    StillMissing,
    StorageError,
)


def _speaks_against(error: HoldfastError, phase: Phase) -> dict[str, Any]:
    """What a failed phase means: that this machine could not do it says nothing of the backup; the rest fails it."""
    if isinstance(error, _NOT_THE_BACKUP):
        return {"doubt": f"could not {phase.doing}: {error.message}"}
    problem = failed(f"{phase.value}-carried-out", CheckKind.CARRIED_OUT, error.message, expected="carried out")
    return {"problem": problem.model_dump(mode="json")}


def _in_words(what: str, phase: Phase) -> str:
    return f"{what}: the drill did not come to the end of its attempt to {phase.doing}"
