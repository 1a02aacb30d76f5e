"""Taking away what a drill made, at its end or long after it was killed."""

from __future__ import annotations

from holdfast.drills.context import Drill
from holdfast.drills.folders import Folders, is_ours, remove_scratch
from holdfast.drills.interface import Cleaned, Kind
from holdfast.errors import HoldfastError, Interrupted, StorageError


def clean_up(kind: Kind, drill: Drill, folders: Folders) -> Cleaned:
    """Remove what the kind made and the scratch folder; what cannot be removed is named, never passed over."""
    try:
        cleaned = kind.clean_up(drill)
    except Interrupted:
        raise
    except HoldfastError as error:
        cleaned = Cleaned(orphaned=(f"what {kind.name} made: {error.message}",))
    return _with_scratch(cleaned, drill, folders)


def _with_scratch(cleaned: Cleaned, drill: Drill, folders: Folders) -> Cleaned:
    if not drill.steps("make-scratch"):
        return cleaned
    made = str(folders.scratch)
    cleaned = cleaned.model_copy(update={"created": (*cleaned.created, made)})
    if folders.scratch.exists() and not is_ours(folders):
        orphan = f"{made}: it no longer carries the marker of this drill"
        return cleaned.model_copy(update={"orphaned": (*cleaned.orphaned, orphan)})
    try:
        remove_scratch(folders.scratch)
    except StorageError as error:
        return cleaned.model_copy(update={"orphaned": (*cleaned.orphaned, error.message)})
    return cleaned.model_copy(update={"removed": (*cleaned.removed, made)})
