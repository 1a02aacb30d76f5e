"""Reading files that nobody vouches for, and writing files so that they are there whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from holdfast.evidence.errors import EvidenceNotWritten, EvidencePathMissing, EvidenceUnreadable
from holdfast.evidence.refusals import EmptyRecord, NotRegularFile, RecordTooLarge, SymbolicLinkRefused
from holdfast.links import followed
from holdfast.new_folders import new_folder

MAX_BYTES = 1024 * 1024
"""No record is longer; what is longer is not read."""

TEMPORARY_PREFIX, TEMPORARY_SUFFIX = ".", ".tmp"


def read_regular(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """Read a small regular file without following a link in its place and without waiting for a pipe.

    Raises:
        Refusal: a link, a device, an empty file, or one longer than `limit` bytes.
        EvidencePathMissing: there is nothing.
        EvidenceUnreadable: the system refuses.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            raise EvidencePathMissing(path=path) from None
        if error.errno == errno.ELOOP:
            raise SymbolicLinkRefused from None
        if error.errno == errno.ENXIO:
            raise NotRegularFile from None
        raise EvidenceUnreadable(path=path, reason=error.strerror) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotRegularFile
    with os.fdopen(handle, "rb") as file:
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise EvidenceUnreadable(path=path, reason=error.strerror) from error
    if not data:
        raise EmptyRecord
    if len(data) > limit:
        raise RecordTooLarge(limit=limit)
    return data


class Staged:
    """Bytes that lie safely on disk under a temporary name; `commit` gives them their own in one step."""

    def __init__(self, temporary: Path) -> None:
        self._temporary = temporary

    def commit(self, path: Path) -> None:
        """Give the file its name and make the name last.

        Raises:
            EvidenceNotWritten: the system refuses.
        """
        try:
            with new_folder(path.parent):
                self._temporary.rename(path)
            sync_folder(path.parent)
            sync_folder(path.parent.parent)
        except OSError as error:
            raise EvidenceNotWritten(path=path, reason=error.strerror) from error

    def link(self, path: Path) -> None:
        """Give the file its name unless the name is taken; then whoever was first stays.

        Raises:
            EvidenceNotWritten: the system refuses.
        """
        try:
            os.link(self._temporary, path)
            sync_folder(path.parent)
        except FileExistsError:
            return
        except OSError as error:
            raise EvidenceNotWritten(path=path, reason=error.strerror) from error


@contextmanager
def staged(folder: Path, data: bytes, *, mode: int = 0o644) -> Iterator[Staged]:
    """Write `data` to a temporary file in `folder` and sync it; it goes away unless it is committed.

    So do folders that had to be made for it.

    Raises:
        EvidenceNotWritten: no space, no permission, a fault of the disk.
    """
    with ExitStack() as leaving:
        try:
            leaving.enter_context(new_folder(folder))
            handle, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, suffix=TEMPORARY_SUFFIX, dir=folder)
            leaving.callback(Path(name).unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, mode)
                file.write(data)
                file.flush()
                os.fsync(handle)
        except OSError as error:
            raise EvidenceNotWritten(path=folder, reason=error.strerror) from error
        yield Staged(Path(name))


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file in one step: another process sees all of it or nothing. Where `path` is a link, what it leads to.

    Raises:
        EvidenceNotWritten: no space, no permission, a fault of the disk, a name no file can have, or a device or pipe
            in its place.
    """
    try:
        is_other = path.exists() and not path.is_file()
        end = followed(path)
    except OSError as error:
        raise EvidenceNotWritten(path=path, reason=error.strerror) from error
    if is_other:
        raise EvidenceNotWritten(path=path, reason="it is no regular file")
    with staged(end.parent, data, mode=mode) as whole:
        whole.commit(end)


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make a folder and those above it."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
