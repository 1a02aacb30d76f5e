"""Put what was checked in its place in a directory, name by name, each in one step; harmless to repeat.

Every folder is opened without following links and names are moved between open folders, so nothing leads out of the
target however names change meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from holdfast.backupsets.entries import Kind
from holdfast.restore.errors import BadTarget, StagedContentLost, StagingNotUsable, TargetChanged
from holdfast.restore.expected import Name

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass
class Placed:
    """What was put in place; `there` was there already."""

    moved: int = 0
    there: int = 0


def place(staged: Path, target: Path, names: Iterable[Name], *, overwrite: bool) -> Placed:
    """Move names from the staging tree into the target.

    Args:
        staged: where they were checked; on the same file system.
        target: where they go; made (0700) where it is not there.
        names: a folder before what is in it.
        overwrite: whether what has the name may be replaced.

    Raises:
        TargetChanged: a name was taken since the plan, by other content.
        StagedContentLost: a name is neither staged nor in place.
        BadTarget: a folder of the target was exchanged for a link.
        StagingNotUsable: the disk is full or fails.
    """
    done = Placed()
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _opened(staged) as source, _opened(target) as root:
            for name in names:
                _place(source, root, name, done, overwrite=overwrite)
            os.fsync(root)
    except OSError as error:
        raise StagingNotUsable(path=target, problem=error.strerror or error) from error
    return done


def is_in_place(root: int, name: Name) -> str | None:
    """What is wrong with a name below an open folder; None when it is as it was checked."""
    try:
        with _parent(root, name.path, make=False) as (folder, last):
            status = os.stat(last, dir_fd=folder, follow_symlinks=False)
            return _wrong_with(name, folder, last, status)
    except (FileNotFoundError, NotADirectoryError):
        return "it is missing"
    except BadTarget as error:
        return error.message


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """A folder, open while the block runs."""
    with _opened(folder) as descriptor:
        yield descriptor


def _place(source: int, root: int, name: Name, done: Placed, *, overwrite: bool) -> None:
    if name.kind is Kind.DIRECTORY:
        with _parent(root, name.path, make=True) as (folder, last), suppress(FileExistsError):
            os.mkdir(last, name.mode | 0o700, dir_fd=folder)
        return
    with _parent(root, name.path, make=True) as (folder, last):
        try:
            with _parent(source, name.path, make=False) as (staged, _):
                _move(staged, folder, last, overwrite=overwrite)
            done.moved += 1
        except FileNotFoundError:
            _already(folder, last, name)
            done.there += 1
        except FileExistsError:
            if is_in_place(root, name) is not None:
                raise TargetChanged(target=name.text, what="another file has the name") from None
            with _parent(source, name.path, make=False) as (staged, _):
                os.unlink(last, dir_fd=staged)
            done.there += 1
        os.fsync(folder)


def _move(staged: int, folder: int, last: bytes, *, overwrite: bool) -> None:
    """Rename replaces what has the name; a hard link refuses to."""
    if overwrite:
        os.rename(last, last, src_dir_fd=staged, dst_dir_fd=folder)
        return
    os.link(last, last, src_dir_fd=staged, dst_dir_fd=folder, follow_symlinks=False)
    os.unlink(last, dir_fd=staged)


def _already(folder: int, last: bytes, name: Name) -> None:
    try:
        status = os.stat(last, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        raise StagedContentLost(path=name.text) from None
    if _wrong_with(name, folder, last, status) is not None:
        raise StagedContentLost(path=name.text)


def _wrong_with(name: Name, folder: int, last: bytes, status: os.stat_result) -> str | None:
    if name.kind is Kind.SYMLINK:
        is_same = stat.S_ISLNK(status.st_mode) and os.readlink(last, dir_fd=folder) == name.link
        return None if is_same else "another link, or no link"
    if name.kind is Kind.DIRECTORY:
        return None if stat.S_ISDIR(status.st_mode) else "no folder"
    if not stat.S_ISREG(status.st_mode):
        return "no file"
    handle = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(handle, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return None if digest == name.digest else f"SHA-256 {digest[:12]}… where {name.digest[:12]}… was checked"


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _parent(root: int, path: bytes, *, make: bool) -> Iterator[tuple[int, bytes]]:
    """The open folder a name is in, and its last part; no link is followed on the way."""
    *folders, last = path.split(b"/")
    if any(part in (b"", b".", b"..") for part in (*folders, last)):
        raise BadTarget(target=path.decode("utf-8", "backslashreplace"), problem="it leads out", allowed="a plain path")
    descriptor = os.dup(root)
    try:
        for part in folders:
            below = _enter(descriptor, part, make=make)
            os.close(descriptor)
            descriptor = below
        yield descriptor, last
    finally:
        os.close(descriptor)


def _enter(folder: int, part: bytes, *, make: bool) -> int:
    for is_made in (False, True):
        try:
            return os.open(part, _FOLDER, dir_fd=folder)
        except FileNotFoundError:
            if not make or is_made:
                raise
            with suppress(FileExistsError):
                os.mkdir(part, 0o700, dir_fd=folder)
        except OSError as error:
            name = part.decode("utf-8", "backslashreplace")
            raise BadTarget(target=name, problem=f"it is no folder: {error.strerror}", allowed="a folder") from error
    raise AssertionError("the second attempt returns or raises")
