"""Taking away what a drill made, at its end or long after it was killed."""

from __future__ import annotations

from holdfast.drills.context import Drill, steps_in
from holdfast.drills.folders import Folders, is_ours, remove_scratch
from holdfast.drills.interface import Cleaned, Kind, together
from holdfast.drills.journal import Entry
from holdfast.drills.postgres.scratch import remove_servers
from holdfast.errors import HoldfastError, Interrupted, StorageError


def clean_up(kind: Kind, drill: Drill, folders: Folders) -> Cleaned:
    """Remove what the kind made and the scratch folder; what cannot be removed is named, never passed over."""
    try:
        cleaned = kind.clean_up(drill)
    except Interrupted:
        raise
    except HoldfastError as error:
        cleaned = Cleaned(orphaned=(f"what {kind.name} made: {error.message}",))
    return together([cleaned, remove_own_scratch(drill.journal.entries, folders)])


def remove_local(entries: tuple[Entry, ...], folders: Folders) -> Cleaned:
    """Remove what a drill made on this machine, servers included, when what it made elsewhere is gone already."""
    return together([remove_servers(entries), remove_own_scratch(entries, folders)])


def remove_own_scratch(entries: tuple[Entry, ...], folders: Folders) -> Cleaned:
    """Remove the scratch folder, if the drill's journal says that it was made and it still carries the marker."""
    if not steps_in(entries, "make-scratch"):
        return Cleaned()
    made = str(folders.scratch)
    if folders.scratch.exists() and not is_ours(folders):
        return Cleaned(created=(made,), orphaned=(f"{made}: it no longer carries the marker of this drill",))
    try:
        remove_scratch(folders.scratch)
    except StorageError as error:
        return Cleaned(created=(made,), orphaned=(error.message,))
    return Cleaned(created=(made,), removed=(made,))
