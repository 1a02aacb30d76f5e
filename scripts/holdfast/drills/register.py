"""The drills of an environment, as their journals tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from holdfast.clock import Clock
from holdfast.drills.errors import DrillsUnreadable, JournalError, NoSuchDrill
from holdfast.drills.folders import Folders, drills_folder
from holdfast.drills.journal import read_entries
from holdfast.drills.live import is_live
from holdfast.drills.spec import DRILL_ID
from holdfast.drills.state import State, fold


@dataclass(frozen=True)
class Registered:
    """One drill.

    Args:
        state: what its journal says; None when it cannot be read, `problem` then says why.
        live: whether a process works on it.
    """

    folders: Folders
    state: State | None
    live: bool
    problem: str = ""

    @property
    def drill_id(self) -> str:
        """Its id."""
        return self.folders.drill_id

    @property
    def unfinished(self) -> bool:
        """Killed before its end: it can be resumed or swept."""
        return not self.live and (self.state is None or self.state.ended is None)

    @property
    def resumable(self) -> bool:
        """Unfinished, with a journal that can be relied on."""
        return self.unfinished and self.state is not None


def registered(home: Path, environment: str, clock: Clock) -> list[Registered]:
    """Every drill of an environment that has a journal, oldest first.

    Raises:
        DrillsUnreadable: the folder of the journals cannot be looked into.
    """
    folder = drills_folder(home, environment)
    try:
        ids = sorted(each.name for each in folder.iterdir() if DRILL_ID.fullmatch(each.name)) if folder.exists() else []
        there = [folders for each in ids if (folders := Folders(home, environment, each)).journal.exists()]
    except OSError as error:
        raise DrillsUnreadable(path=folder, problem=error.strerror) from error
    return [_read(folders, clock) for folders in there]


def require_registered(home: Path, environment: str, drill_id: str, clock: Clock) -> Registered:
    """One drill of an environment.

    Raises:
        NoSuchDrill: it has no journal there, naming those that can be resumed.
    """
    there = registered(home, environment, clock)
    found = next((each for each in there if each.drill_id == drill_id), None)
    if found is None:
        allowed = ", ".join(each.drill_id for each in there if each.resumable) or "none"
        raise NoSuchDrill(environment=environment, drill_id=drill_id, allowed=allowed)
    return found


def _read(folders: Folders, clock: Clock) -> Registered:
    live = is_live(folders, clock)
    try:
        state = fold(read_entries(folders.journal))
    except JournalError as error:
        return Registered(folders, None, live, error.message)
    if state.drill_id != folders.drill_id:
        return Registered(folders, None, live, f"its journal tells of {state.drill_id}")
    return Registered(folders, state, live)
