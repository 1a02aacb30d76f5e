"""Removing what killed drills left behind, and nothing else.

Only what carries the id of a drill that is not alive is touched: scratch folders by their marker, and whatever a kind
made elsewhere, by the drill's own journal or by the id in its name. Running it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.aws.errors import BucketMissing, RoleNotAssumed
from holdfast.clock import Clock
from holdfast.drills.cleaning import clean_up, remove_local
from holdfast.drills.engine import execution_of
from holdfast.drills.errors import ScratchNotUsable
from holdfast.drills.folders import Folders, is_ours, read_marker, remove_scratch, scratch_folder
from holdfast.drills.interface import Cleaned, Kind, Left, together
from holdfast.drills.journal import Journal
from holdfast.drills.live import held
from holdfast.drills.register import Registered, registered
from holdfast.drills.spec import DRILL_ID
from holdfast.drills.state import CLEANED_LATER
from holdfast.drills.surroundings import Surroundings
from holdfast.errors import HoldfastError, Interrupted, StorageError

SCHEMA = "holdfast.drill-sweep/1"


@dataclass(frozen=True)
class Swept:
    """What a sweep did.

    Args:
        ended: the drills that are over now and cannot be resumed any more.
        cleaned: what was removed, what stays until when, what could not be removed.
    """

    ended: tuple[str, ...]
    cleaned: Cleaned

    def document(self) -> dict[str, Any]:
        """The sweep as one JSON document."""
        return {"ended": list(self.ended), **self.cleaned.document()}


def sweep(surroundings: Surroundings) -> Swept:
    """Clean up after every drill of the environment that is neither alive nor over, or could not clean up by itself.

    Returns:
        What was done; an error in one place is named there and does not keep the sweep from the others.
    """
    name, home, clock = surroundings.environment.environment, surroundings.home, surroundings.clock
    swept = _sweep(name, home, clock, lambda folders, journal: _clean_up(folders, journal, surroundings))
    living = frozenset(each.drill_id for each in registered(home, name, clock) if each.live)
    earlier = [_earlier(kind, surroundings, living) for kind in surroundings.kinds.values()]
    return Swept(swept.ended, together([swept.cleaned, *earlier]))


def sweep_folders(environment: str, home: Path, clock: Clock) -> Swept:
    """The same for what lies on this machine: when a sandbox is stopped, all it held is gone with it."""
    return _sweep(environment, home, clock, lambda folders, journal: remove_local(journal.entries, folders))


def _sweep(environment: str, home: Path, clock: Clock, clean: Callable[[Folders, Journal], Cleaned]) -> Swept:
    found = registered(home, environment, clock)
    ended: list[str] = []
    done: list[Cleaned] = []
    for each in found:
        if each.unfinished:
            cleaned = _end(each, clock, clean)
            done.append(cleaned)
            ended += [] if cleaned.orphaned else [each.drill_id]
        elif not each.live and each.state is not None and each.state.leaves_behind:
            done.append(_again(each, clock, clean))
    living = frozenset(each.drill_id for each in found if each.live)
    done.append(_scratch_folders(environment, home, living))
    return Swept(tuple(ended), together(done))


def _end(found: Registered, clock: Clock, clean: Callable[[Folders, Journal], Cleaned]) -> Cleaned:
    """Clean up after a dead drill; once that succeeded it is over."""
    try:
        with held(found.folders, clock):
            if found.state is None:
                return _set_aside(found)
            with closing(Journal.open(found.folders.journal, clock)) as journal:
                cleaned = clean(found.folders, journal)
                if not cleaned.orphaned:
                    journal.append("ended", how="swept")
                return cleaned
    except Interrupted:
        raise
    except HoldfastError as error:
        return Cleaned(orphaned=(f"{found.drill_id}: {error.message}",))


def _again(found: Registered, clock: Clock, clean: Callable[[Folders, Journal], Cleaned]) -> Cleaned:
    """Take away what a drill that is over could not; its record stays as it is."""
    try:
        with held(found.folders, clock), closing(Journal.open(found.folders.journal, clock)) as journal:
            cleaned = clean(found.folders, journal)
            if not cleaned.orphaned:
                journal.append(CLEANED_LATER)
            return cleaned
    except Interrupted:
        raise
    except HoldfastError as error:
        return Cleaned(orphaned=(f"{found.drill_id}: {error.message}",))


def _clean_up(folders: Folders, journal: Journal, surroundings: Surroundings) -> Cleaned:
    execution = execution_of(journal, folders, surroundings)
    if execution.state.sandbox_run != surroundings.sessions.endpoints.run:
        return remove_local(journal.entries, folders)  # what it made elsewhere is gone with that sandbox
    return clean_up(execution.kind, execution.drill(), folders)


def _set_aside(found: Registered) -> Cleaned:
    """A journal nobody can read ends no drill; it is kept under another name, for people."""
    journal = found.folders.journal
    try:
        kept = journal.replace(journal.with_name("journal.unreadable"))
    except OSError as error:
        raise ScratchNotUsable(path=journal, problem=error.strerror) from error
    return Cleaned(left=(Left(resource=str(kept), because=found.problem),))


def _scratch_folders(environment: str, home: Path, living: frozenset[str]) -> Cleaned:
    """Scratch folders of this environment's dead drills; those without a marker are left and named."""
    done = []
    parent = scratch_folder(home)
    for scratch in sorted(parent.iterdir()) if parent.is_dir() else []:
        folders = Folders(home, environment, scratch.name)
        marker = read_marker(scratch)
        if scratch.name in living or marker.get("environment", environment) != environment:
            continue
        if DRILL_ID.fullmatch(scratch.name) and marker and is_ours(folders):
            done.append(_removed(scratch))
        else:
            done.append(Cleaned(left=(Left(resource=str(scratch), because="it carries no marker of a drill"),)))
    return together(done)


def _removed(scratch: Path) -> Cleaned:
    try:
        remove_scratch(scratch)
    except StorageError as error:
        return Cleaned(orphaned=(error.message,))
    return Cleaned(removed=(str(scratch),))


def _earlier(kind: Kind, surroundings: Surroundings, living: frozenset[str]) -> Cleaned:
    try:
        return kind.sweep(surroundings.environment, surroundings.sessions, living)
    except Interrupted:
        raise
    except (BucketMissing, RoleNotAssumed) as error:
        if surroundings.environment.sandbox:
            return Cleaned()  # nothing is applied in this sandbox, so no drill left anything
        return Cleaned(orphaned=(f"what earlier drills of kind {kind.name} left: {error.message}",))
    except HoldfastError as error:
        return Cleaned(orphaned=(f"what earlier drills of kind {kind.name} left: {error.message}",))
