"""Where a restore keeps its files, and the folder it is prepared in."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from holdfast.drills.folders import remove_tree
from holdfast.restore.errors import StagingNotUsable
from holdfast.restore.target import BucketTarget, DirectoryTarget

RESTORE_ID = re.compile(r"restore-[0-9a-f]{16}", re.ASCII)


def restore_id_of(environment: str, key: str) -> str:
    """The id of the restore an idempotency key stands for."""
    digest = hashlib.sha256(json.dumps([environment, key]).encode()).hexdigest()
    return f"restore-{digest[:16]}"


def restores_folder(home: Path, environment: str) -> Path:
    """Where an environment's restores are journalled."""
    return home / environment / "restores"


@dataclass(frozen=True)
class RestoreFolders:
    """The folders of one restore."""

    home: Path
    environment: str
    restore_id: str
    target: DirectoryTarget | BucketTarget

    @property
    def folder(self) -> Path:
        """Journal, plan, approval and the list of what was checked."""
        return restores_folder(self.home, self.environment) / self.restore_id

    @property
    def journal(self) -> Path:
        """The journal."""
        return self.folder / "journal.jsonl"

    @property
    def names(self) -> Path:
        """The list of what was checked."""
        return self.folder / "checked.jsonl"

    @property
    def lock(self) -> Path:
        """Held while somebody restores to this target."""
        digest = hashlib.sha256(self.target.name.encode()).hexdigest()[:16]
        return restores_folder(self.home, self.environment) / f".{digest}.lock"

    @property
    def staging(self) -> Path:
        """Where it is prepared: beside the target, so that files are moved and not copied; or here, for a bucket."""
        if isinstance(self.target, BucketTarget):
            return self.folder / "staging"
        path = Path(self.target.path)
        return path.parent / f".{path.name}.{self.restore_id}"


def make_folder(folder: Path) -> None:
    """Make a folder and those above it.

    Raises:
        StagingNotUsable: the system refuses.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StagingNotUsable(path=folder, problem=error.strerror or error) from error


def empty_staging(folders: RestoreFolders) -> Path:
    """The staging folder, new and empty.

    Raises:
        StagingNotUsable: it is a link, or cannot be made.
    """
    remove_staging(folders)
    make_folder(folders.staging)
    return folders.staging


def remove_staging(folders: RestoreFolders) -> None:
    """Remove the staging folder and what is in it.

    Raises:
        StagingNotUsable: it is a link, or cannot be removed.
    """
    path = folders.staging
    try:
        if path.is_symlink():
            raise StagingNotUsable(path=path, problem="it is a link to another place")
        if path.exists():
            remove_tree(path)
    except OSError as error:
        raise StagingNotUsable(path=path, problem=error.strerror or error) from error
