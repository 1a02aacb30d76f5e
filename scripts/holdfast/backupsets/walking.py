"""Walk a directory in a fixed order, by descriptors: nothing is followed out of it, however names change meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from holdfast.backupsets.entries import Kind
from holdfast.backupsets.errors import SourceChanged, SourceNotUsable, UnreadableSource
from holdfast.backupsets.spool import temporary_database

NAMES_IN_MEMORY = 50_000
"""Names of one directory that are sorted in memory; a larger directory is sorted in a temporary database."""

Identity = tuple[int, int]
"""Device and inode of a file."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Found:
    """A name that was found.

    Args:
        path: relative to the root.
        parent: descriptor of the directory it is in; open until the next name is asked for.
        status: of the name itself, not of what a symlink points to.
    """

    path: bytes
    parent: int
    status: os.stat_result

    @property
    def name(self) -> bytes:
        """The last part of the path."""
        return self.path.rpartition(b"/")[2]

    @property
    def identity(self) -> Identity:
        """What tells it from every other file."""
        return self.status.st_dev, self.status.st_ino

    @property
    def kind(self) -> Kind:
        """What the name stands for."""
        mode = self.status.st_mode
        if stat.S_ISREG(mode):
            return Kind.FILE
        if stat.S_ISDIR(mode):
            return Kind.DIRECTORY
        return Kind.SYMLINK if stat.S_ISLNK(mode) else Kind.SPECIAL


def open_root(path: Path) -> int:
    """Open the directory to back up; a symlink given as its name is followed.

    Raises:
        SourceNotUsable: it is missing, not a directory, or not readable.
    """
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        problem = "no such directory"
    except NotADirectoryError:
        problem = "not a directory"
    except OSError as error:
        problem = error.strerror or str(error)
    except ValueError as error:
        problem = str(error)
    raise SourceNotUsable(path=path, problem=problem)


def identities(paths: Iterable[Path]) -> dict[Identity, Path]:
    """Which files some paths name; those that do not exist name none."""
    found = {}
    for path in paths:
        with contextlib.suppress(OSError):
            status = path.stat()
            found[status.st_dev, status.st_ino] = path
    return found


def open_beneath(root: int, path: bytes) -> int:
    """Open a file below the root again, following no symlink on the way."""
    *folders, name = path.split(b"/")
    parent = os.dup(root)
    try:
        for folder in folders:
            below = os.open(folder, _DIRECTORY, dir_fd=parent)
            os.close(parent)
            parent = below
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
    finally:
        os.close(parent)


def walk(root: int, *, leave_out: Collection[Identity] = ()) -> Iterator[Found]:
    """Every name below a directory: each directory before what is in it, names in the order of their bytes.

    Args:
        root: descriptor of the directory.
        leave_out: directories that are given and not entered.

    Raises:
        UnreadableSource: a directory that cannot be read.
        SourceChanged: a name that vanished after it was listed.
        SpoolFailed: a very large directory could not be sorted on disk.
    """
    open_directories = [(root, b"", _sorted_names(root, b""))]
    try:
        while open_directories:
            directory, prefix, names = open_directories[-1]
            name = next(names, None)
            if name is None:
                open_directories.pop()
                if directory != root:
                    os.close(directory)
                continue
            path = prefix + name
            found = Found(path, directory, _status(name, directory, path))
            yield found
            if found.kind is Kind.DIRECTORY and found.identity not in leave_out:
                below = _open_directory(name, directory, path)
                open_directories.append((below, path + b"/", _sorted_names(below, path + b"/")))
    finally:
        for directory, _, _ in open_directories[1:]:
            os.close(directory)


def _status(name: bytes, directory: int, path: bytes) -> os.stat_result:
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except OSError as error:
        raise unreadable(path, error) from error


def _open_directory(name: bytes, directory: int, path: bytes) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=directory)
    except OSError as error:
        raise unreadable(path, error) from error


def _sorted_names(directory: int, prefix: bytes) -> Iterator[bytes]:
    names: list[bytes] = []
    try:
        with os.scandir(directory) as listing:
            for each in listing:
                names.append(os.fsencode(each.name))
                if len(names) > NAMES_IN_MEMORY:
                    yield from _sorted_on_disk(names, (os.fsencode(each.name) for each in listing))
                    return
    except OSError as error:
        raise unreadable(prefix or b".", error) from error
    yield from sorted(names)


def _sorted_on_disk(first: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    with temporary_database() as database:
        database.execute("CREATE TABLE names (name BLOB PRIMARY KEY) WITHOUT ROWID")
        for names in (first, rest):
            database.executemany("INSERT OR IGNORE INTO names VALUES (?)", ((name,) for name in names))
        first.clear()
        for (name,) in database.execute("SELECT name FROM names ORDER BY name"):
            yield name


def unreadable(path: bytes, error: OSError) -> UnreadableSource | SourceChanged:
    """The error for a name that cannot be read: gone or replaced since it was listed, or never readable."""
    shown = path.decode("utf-8", "backslashreplace")
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
        what = "vanished" if error.errno == errno.ENOENT else "was replaced by something else"
        return SourceChanged(path=shown, what=what)
    return UnreadableSource(path=shown, reason=error.strerror or str(error))
