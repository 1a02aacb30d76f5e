"""Damage done to a restored folder on purpose: what every verifier of files has to find, each time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path], object]


def files_in(target: Path) -> list[Path]:
    """The restored files with content, in order."""
    return sorted(
        path for path in target.rglob("*") if path.is_file() and not path.is_symlink() and path.stat().st_size
    )


def flipped(path: Path, position: int) -> None:
    """One bit, size and times unchanged."""
    content, before = bytearray(path.read_bytes()), path.stat()
    content[position] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def swapped(target: Path) -> None:
    first, second = files_in(target)[0], files_in(target)[-1]
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)


def older(target: Path) -> None:
    """Content as it might have been before: as long, and other bytes at its end."""
    path = files_in(target)[-1]
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 0x20]))


def renamed(target: Path) -> None:
    path = files_in(target)[-1]
    path.rename(path.with_name(f"{path.name}.old"))


FILE_DAMAGES: dict[str, Damage] = {
    "bit flip, first byte": lambda target: flipped(files_in(target)[0], 0),
    "bit flip, middle byte": lambda target: flipped(files_in(target)[0], files_in(target)[0].stat().st_size // 2),
    "bit flip, last byte": lambda target: flipped(files_in(target)[-1], -1),
    "file missing": lambda target: files_in(target)[0].unlink(),
    "all files missing": lambda target: [shutil.rmtree(target), target.mkdir()],
    "file extra": lambda target: (target / "extra.bin").write_bytes(b"extra"),
    "empty file extra": lambda target: (target / "extra.empty").write_bytes(b""),
    "truncated by one byte": lambda target: os.truncate(files_in(target)[0], files_in(target)[0].stat().st_size - 1),
    "truncated to nothing": lambda target: os.truncate(files_in(target)[0], 0),
    "one byte longer": lambda target: os.truncate(files_in(target)[0], files_in(target)[0].stat().st_size + 1),
    "zeros of the same length": lambda target: files_in(target)[0].write_bytes(
        bytes(files_in(target)[0].stat().st_size)
    ),
    "two files swapped": swapped,
    "older version": older,
    "renamed": renamed,
    "link instead of a file": lambda target: [
        files_in(target)[0].unlink(),
        (target / "link").symlink_to("/etc/hostname"),
    ],
    "file of another tenant added": lambda target: (target / "theirs.csv").write_bytes(b"umbra,1" * 20),
    "file of another tenant in place": lambda target: files_in(target)[0].write_bytes(b"umbra,1" * 20),
}
