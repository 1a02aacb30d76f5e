"""Starting and resuming drills."""

from __future__ import annotations

from holdfast.aws.sessions import Sessions
from holdfast.drills.composing import Conducting, kind_for
from holdfast.drills.errors import DrillEnded, ResumeDiffers
from holdfast.drills.execution import Execution
from holdfast.drills.folders import Folders
from holdfast.drills.interface import Kind
from holdfast.drills.journal import Journal
from holdfast.drills.live import claimed
from holdfast.drills.lost_key import primary_key_names
from holdfast.drills.phases import Phase
from holdfast.drills.preflight import admit
from holdfast.drills.register import require_registered
from holdfast.drills.result import DrillResult
from holdfast.drills.spec import DrillSpec, new_drill_id
from holdfast.drills.state import fold
from holdfast.drills.surroundings import Surroundings
from holdfast.environments.model import Scenario
from holdfast.environments.names import Names


def run(spec: DrillSpec, surroundings: Surroundings, *, confirm: str | None = None) -> DrillResult:
    """Run one drill from its declaration to its record.

    Args:
        spec: what to do.
        surroundings: what to do it with.
        confirm: the environment's name once more; needed unless it is a sandbox.

    Raises:
        InputError: the drill is refused; nothing was restored.
        DrillRunning: another drill works on the same target.
        ServiceError, StorageError: preflight cannot be carried out.
        Interrupted: a signal came; the drill is cleaned up and recorded as inconclusive.
    """
    admitted = admit(spec, surroundings.environment, surroundings.kinds, confirm=confirm)
    drill_id = new_drill_id(surroundings.clock.now(), surroundings.rng)
    folders = Folders(surroundings.home, surroundings.environment.environment, drill_id)
    with claimed(folders, admitted.target, surroundings.clock):
        journal = Journal.create(folders.journal, surroundings.clock)
        try:
            document = admitted.model_dump(mode="json")
            run_id = surroundings.sessions.endpoints.run
            journal.append("phase-begin", Phase.DECLARE, drill_id=drill_id, spec=document, sandbox_run=run_id)
            _declared(journal)
            return execution_of(journal, folders, surroundings).carry_out()
        finally:
            journal.close()


def resume(
    drill_id: str, surroundings: Surroundings, *, confirm: str | None = None, kind: str | None = None
) -> DrillResult:
    """Go on with a drill that was killed, from the first phase its journal does not call done.

    Args:
        drill_id: the drill.
        surroundings: what to do it with.
        confirm: as for `run`.
        kind: the kind the caller believes it to be; checked when given.

    Raises:
        NoSuchDrill, DrillEnded, ResumeDiffers: there is nothing to go on with.
        JournalError: its journal was changed.
        DrillRunning: it is not dead.
    """
    environment = surroundings.environment.environment
    folders = Folders(surroundings.home, environment, drill_id)
    found = require_registered(surroundings.home, environment, drill_id, surroundings.clock)
    with claimed(folders, found.state.spec.target if found.state else drill_id, surroundings.clock):
        journal = Journal.open(folders.journal, surroundings.clock)
        try:
            _check_resumable(journal, surroundings, kind=kind, confirm=confirm)
            journal.append("resumed")
            _declared(journal)
            return execution_of(journal, folders, surroundings).carry_out()
        finally:
            journal.close()


def _declared(journal: Journal) -> None:
    """Say that the declaration is over, unless a run that was killed since has said so."""
    if Phase.DECLARE not in fold(journal.entries).outcomes:
        journal.append("phase-end", Phase.DECLARE, outcome=None)


def _check_resumable(journal: Journal, surroundings: Surroundings, *, kind: str | None, confirm: str | None) -> None:
    state = fold(journal.entries)
    if state.ended is not None:
        raise DrillEnded(drill_id=state.drill_id, how=state.ended)
    run_id = surroundings.sessions.endpoints.run
    if state.sandbox_run != run_id:
        raise ResumeDiffers(drill_id=state.drill_id, field="sandbox run", declared=state.sandbox_run, got=run_id)
    if kind is not None and kind != state.spec.kind:
        raise ResumeDiffers(drill_id=state.drill_id, field="kind", declared=state.spec.kind, got=kind)
    admit(state.spec, surroundings.environment, surroundings.kinds, confirm=confirm)


def execution_of(journal: Journal, folders: Folders, surroundings: Surroundings) -> Execution:
    """This process at work on the drill a journal tells of.

    Raises:
        JournalError: when it tells of none.
        UnknownDrillKind: when the kind does not exist any more.
    """
    spec = fold(journal.entries).spec
    return Execution(
        kind=_kind_of(spec, surroundings),
        environment=surroundings.environment,
        folders=folders,
        journal=journal,
        sessions=_guarded(surroundings, spec.scenario),
        outside=surroundings.sessions,
        clock=surroundings.clock,
        recorder=surroundings.recorder,
        say=surroundings.say,
    )


def _kind_of(spec: DrillSpec, surroundings: Surroundings) -> Kind:
    kind = kind_for(spec, surroundings.kinds)
    return kind.conducted_in(surroundings) if isinstance(kind, Conducting) else kind


def _guarded(surroundings: Surroundings, scenario: Scenario | None) -> Sessions:
    if scenario is Scenario.KEY_LOSS:
        return surroundings.sessions.guarded(keys=primary_key_names(surroundings.sessions))
    if scenario is not Scenario.REGION_LOSS:
        return surroundings.sessions
    names = Names(surroundings.environment)
    lost = frozenset({names.vault_bucket, names.evidence_bucket, names.vault_log_bucket})
    return surroundings.sessions.guarded(regions=frozenset({surroundings.environment.regions.primary}), buckets=lost)
