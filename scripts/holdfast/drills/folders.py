"""Where drills keep their files, and the folder a drill restores into.

`<home>/<environment>/drills/<drill id>/` holds the journal; `<home>/scratch/<drill id>/` is the isolated target. The
target carries a marker with the drill's id from its first moment: nothing without it is ever removed.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.drills.errors import ScratchNotUsable, SourceIsTarget, TargetGone, TargetNotIsolated
from holdfast.removed_folders import remove_marked

MARKER = "drill.json"


@dataclass(frozen=True)
class Folders:
    """The folders of one drill."""

    home: Path
    environment: str
    drill_id: str

    @property
    def drill(self) -> Path:
        """The journal and the lock."""
        return drills_folder(self.home, self.environment) / self.drill_id

    @property
    def journal(self) -> Path:
        """The journal."""
        return self.drill / "journal.jsonl"

    @property
    def scratch(self) -> Path:
        """The isolated folder: the marker, and the target beside it."""
        return scratch_folder(self.home) / self.drill_id

    @property
    def target(self) -> Path:
        """Where files are restored to."""
        return self.scratch / "restored"


def drills_folder(home: Path, environment: str) -> Path:
    """Where an environment's drills are journalled."""
    return home / environment / "drills"


def scratch_folder(home: Path) -> Path:
    """Where drills restore into."""
    return home / "scratch"


def refuse_overlap(target: Path, sources: tuple[str, ...]) -> None:
    """Refuse a target that lies in a source, or holds one. URLs cannot overlap with a folder.

    Raises:
        SourceIsTarget: when it does.
    """
    resolved = target.resolve()
    for source in sources:
        if "://" in source:
            continue
        other = Path(source).resolve()
        if resolved == other or other in resolved.parents or resolved in other.parents:
            raise SourceIsTarget(path=target, origin=source)


def make_scratch(folders: Folders) -> None:
    """Create the isolated folder, new, with its marker and an empty target.

    Raises:
        TargetNotIsolated: when it exists, or a link leads out of the home folder.
        ScratchNotUsable: when it cannot be created.
    """
    parent = scratch_folder(folders.home)
    try:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if parent.resolve() != folders.home.resolve() / parent.name:
            raise TargetNotIsolated(path=parent, problem="it is a link to another place")
        folders.scratch.mkdir(mode=0o700)
        _write_marker(folders)
        folders.target.mkdir(mode=0o700)
    except FileExistsError:
        raise TargetNotIsolated(path=folders.scratch, problem="it exists already") from None
    except OSError as error:
        raise ScratchNotUsable(path=folders.scratch, problem=error.strerror) from error


def empty_target(folders: Folders) -> None:
    """Make the target new and empty again before a restore begins once more.

    Raises:
        TargetNotIsolated: when the folder does not carry this drill's marker any more.
        ScratchNotUsable: when it cannot be emptied.
    """
    if read_marker(folders.scratch) != _marker(folders):
        raise TargetNotIsolated(path=folders.scratch, problem="it does not carry this drill's marker")
    try:
        if folders.target.is_symlink():
            raise TargetNotIsolated(path=folders.target, problem="it is a link to another place")
        if folders.target.exists():
            remove_tree(folders.target)
        folders.target.mkdir(mode=0o700)
    except OSError as error:
        raise ScratchNotUsable(path=folders.target, problem=error.strerror) from error


def require_target(folders: Folders) -> None:
    """Make sure that what lies in the target is what this drill restored.

    Raises:
        TargetGone: when the marker or the target is missing, or is a link.
    """
    if read_marker(folders.scratch) != _marker(folders) or folders.target.is_symlink() or not folders.target.is_dir():
        raise TargetGone(path=folders.target)


def read_marker(scratch: Path) -> dict[str, Any]:
    """What the marker of a scratch folder says; empty when there is none, or none that can be read."""
    try:
        if stat.S_ISLNK(scratch.lstat().st_mode):
            return {}
        found = json.loads((scratch / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_ours(folders: Folders) -> bool:
    """Whether the scratch folder is this drill's: by its marker, or because it is empty but for a torn one.

    A drill killed while it made the folder leaves an empty one of its own name.
    """
    marker = read_marker(folders.scratch)
    if marker:
        return marker == _marker(folders)
    try:
        return not folders.scratch.is_symlink() and all(each.name == MARKER for each in folders.scratch.iterdir())
    except OSError:
        return False


def remove_scratch(scratch: Path) -> None:
    """Remove a scratch folder; the marker goes last, so that a killed removal can be swept.

    Raises:
        ScratchNotUsable: when something in it cannot be removed.
    """
    try:
        remove_marked(scratch, MARKER, remove_tree)
    except OSError as error:
        raise ScratchNotUsable(path=scratch, problem=error.strerror) from error


def remove_tree(path: Path) -> None:
    """Remove a file or tree. A restored folder may be closed even to its owner, and is opened first.

    Raises:
        OSError: it cannot be removed.
    """
    if path.is_symlink() or not path.is_dir():
        path.unlink()
        return
    path.chmod(0o700)
    for folder, below, _ in os.walk(path):
        for name in below:
            inside = Path(folder, name)
            if not inside.is_symlink():
                inside.chmod(0o700)
    shutil.rmtree(path)


def _marker(folders: Folders) -> dict[str, Any]:
    return {"drill_id": folders.drill_id, "environment": folders.environment}


def _write_marker(folders: Folders) -> None:
    text = json.dumps(_marker(folders))
    descriptor = os.open(folders.scratch / MARKER, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
