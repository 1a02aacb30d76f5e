"""A folder for one server: below the system's temporary folder, for the server's user alone, marked with its owner.

Not below Holdfast's own folder: that is closed to everybody but the caller, and a server started by root runs as
somebody else.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from holdfast.postgres.errors import FolderNotUsable
from holdfast.postgres.server_user import ServerUser
from holdfast.removed_folders import remove_marked

_MARKER = "holdfast-owner"
_PREFIX = "holdfast-pg-"


def folder_for(owner: str, user: ServerUser) -> Path:
    """Where the folder of an owner (the id of a drill, or of a source) lies; short, for a socket's path is limited.

    Raises:
        FolderNotUsable: no temporary folder can be reached by the server's user.
    """
    for parent in dict.fromkeys((tempfile.gettempdir(), "/var/tmp", "/tmp")):  # noqa: S108  # a marked 0700 folder in it
        if _reachable(Path(parent), user):
            return Path(parent) / f"{_PREFIX}{owner[-12:]}"
    raise FolderNotUsable(path=tempfile.gettempdir(), problem=f"the user {user.name} cannot reach it")


def make_folder(folder: Path, owner: str, user: ServerUser) -> None:
    """Make the folder, new, with its marker.

    Raises:
        FolderNotUsable: when it exists, or cannot be made.
    """
    try:
        folder.mkdir(mode=0o700)
        (folder / _MARKER).write_text(owner, encoding="utf-8")
        user.own_tree(folder)
    except OSError as error:
        raise FolderNotUsable(path=folder, problem=error.strerror) from error


def belongs_to(folder: Path, owner: str) -> bool:
    """Whether the folder is there, is no link, and carries the marker of this owner (or is empty: torn when made)."""
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            return False
        return not any(folder.iterdir()) or (folder / _MARKER).read_text(encoding="utf-8") in (owner, "")
    except OSError:
        return False


def remove_folder(folder: Path) -> None:
    """Remove the folder; the marker goes last, so that a killed removal can be done again.

    Raises:
        FolderNotUsable: when something in it cannot be removed.
    """
    try:
        remove_marked(folder, _MARKER, _remove)
    except OSError as error:
        raise FolderNotUsable(path=error.filename or folder, problem=error.strerror) from error


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _reachable(path: Path, user: ServerUser) -> bool:
    """Whether the user may go through every folder on the way, and this process may write at its end."""
    if not user.switches:
        return os.access(path, os.W_OK | os.X_OK)
    try:
        return all(_may_enter(each.stat(), user) for each in (path.resolve(), *path.resolve().parents))
    except OSError:
        return False


def _may_enter(status: os.stat_result, user: ServerUser) -> bool:
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
