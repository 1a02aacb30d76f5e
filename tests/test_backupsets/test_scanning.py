"""A file that changes, vanishes or cannot be read never becomes a set that says something else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from vault_ground import MIB

from holdfast.backupsets import scanning
from holdfast.backupsets.errors import SourceChanged, UnreadableSource
from holdfast.backupsets.packing import PACK_BELOW
from holdfast.backupsets.walking import Found

pytestmark = pytest.mark.sandbox


class Meddling:
    """Does something to the source after the n-th read of a file's content."""

    def __init__(self, monkeypatch, do, *, times=1, after=1):
        self.reads, self.done = 0, 0
        real = scanning._read_chunk

        def read(file, found, left):
            data = real(file, found, left)
            if found.name == b"victim" and data:
                self.reads += 1
                if self.reads >= after and self.done < times:
                    self.done += 1
                    do()
            return data

        monkeypatch.setattr(scanning, "_read_chunk", read)


def append(path):
    def do():
        with Path(os.fsdecode(path)).open("ab") as file:
            file.write(b"more")

    return do


def test_a_file_that_changes_once_is_read_again(ground, monkeypatch):
    victim = ground.write("victim", b"before")
    Meddling(monkeypatch, append(victim))
    pushed = ground.push()

    assert pushed.files == 4
    assert next(entry for entry in ground.open() if entry.name == "victim").size == len(b"beforemore")


@pytest.mark.parametrize("pack_below", [0, PACK_BELOW])
@pytest.mark.parametrize("size", [10, 8 * MIB, 20 * MIB])
def test_a_file_that_keeps_growing_is_an_error_and_nothing_is_committed(ground, monkeypatch, size, pack_below):
    ground.pack_below = pack_below
    victim = ground.write("victim", b"\x07" * size)
    Meddling(monkeypatch, append(victim), times=10)

    with pytest.raises(SourceChanged, match=r"victim (changed|grew)"):
        ground.push()

    assert ground.keys("sets/") == []


def test_a_file_that_is_truncated_is_noticed(ground, monkeypatch):
    victim = ground.write("victim", b"\x07" * (20 * MIB))
    Meddling(monkeypatch, lambda: os.truncate(victim, 5), times=10)

    with pytest.raises(SourceChanged, match="victim changed"):
        ground.push()


def test_other_bytes_with_the_same_size_and_time_are_noticed(ground, monkeypatch):
    victim = ground.write("victim", b"\x07" * (20 * MIB))

    def swap():
        times = os.lstat(victim)
        with Path(os.fsdecode(victim)).open("r+b") as file:
            file.write(b"tampered")
        os.utime(victim, ns=(times.st_atime_ns, times.st_mtime_ns))

    Meddling(monkeypatch, swap, times=10)

    with pytest.raises(SourceChanged, match="victim changed"):
        ground.push()


def test_a_file_that_vanishes_before_it_is_opened_is_named(ground, monkeypatch):
    victim = ground.write("data/victim", b"x")
    real = scanning.walk

    def walk(root, **options):
        for found in real(root, **options):
            if found.name == b"victim":
                os.unlink(victim)  # noqa: PTH108  # a name in bytes
            yield found

    monkeypatch.setattr(scanning, "walk", walk)

    with pytest.raises(SourceChanged, match="data/victim vanished"):
        ground.push()

    assert ground.keys("sets/") == []


def test_a_file_replaced_while_it_is_read_is_read_again(ground, monkeypatch):
    victim = ground.write("victim", b"the old one")
    newer = ground.folder / "newer"
    newer.write_bytes(b"the new one")
    Meddling(monkeypatch, lambda: os.replace(newer, victim))  # noqa: PTH105  # a name in bytes
    ground.push()
    ground.fetch()

    assert (ground.folder / "restored" / "victim").read_bytes() == b"the new one"


def test_a_file_replaced_by_a_fifo_does_not_hang(ground, monkeypatch):
    victim = ground.write("victim", b"x")
    real = scanning.walk

    def walk(root, **options):
        for found in real(root, **options):
            if found.name == b"victim":
                os.unlink(victim)  # noqa: PTH108  # a name in bytes
                os.mkfifo(victim)
            yield found

    monkeypatch.setattr(scanning, "walk", walk)

    with pytest.raises((SourceChanged, UnreadableSource)):
        ground.push()


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_committed(ground, monkeypatch):
    ground.write("data/locked", b"x")
    real = os.open

    def refuse(name, *arguments, **options):
        if name == b"locked":
            raise PermissionError(13, "Permission denied")
        return real(name, *arguments, **options)

    monkeypatch.setattr(scanning.os, "open", refuse)

    with pytest.raises(UnreadableSource, match="cannot read data/locked: Permission denied"):
        ground.push()

    assert ground.keys("sets/") == []


def test_a_disk_that_fails_is_named(ground, monkeypatch):
    ground.write("data/broken", b"x" * 10)
    real = os.read

    def fail(file, size):
        if os.readlink(f"/proc/self/fd/{file}").endswith("broken"):  # noqa: PTH115
            raise OSError(5, "Input/output error")
        return real(file, size)

    monkeypatch.setattr(scanning.os, "read", fail)

    with pytest.raises(UnreadableSource, match="data/broken: Input/output error"):
        ground.push()


def test_a_file_that_says_it_is_empty_and_is_not_is_refused():
    root = os.open("/proc/self", os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = Found(b"status", root, os.stat("status", dir_fd=root))
        with pytest.raises(SourceChanged, match="status grew"):
            list(scanning._read_file(root, found, PACK_BELOW))
    finally:
        os.close(root)


FULL = """
import resource, signal, sys
from holdfast.backupsets.entries import Chunk
from holdfast.backupsets.errors import SpoolFailed
from holdfast.backupsets.spool import ChunkIndex, Spool, temporary_database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    if sys.argv[1] == "list of entries":
        spool = Spool()
        for _ in range(100):
            spool.write(b"x" * 1000)
        list(spool.chunks())
    else:
        with temporary_database() as database:
            index = ChunkIndex(database)
            for number in range(400_000):
                index.add(Chunk(f"{number:064x}", 1))
except SpoolFailed as error:
    sys.exit("SpoolFailed: " + error.message)
"""


@pytest.mark.parametrize("which", ["list of entries", "index of chunks"])
def test_no_space_for_what_has_to_be_remembered_is_one_clear_error(which, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL, which],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={"TMPDIR": str(tmp_path), "SQLITE_TMPDIR": str(tmp_path)},
    )

    assert done.stderr.startswith(f"SpoolFailed: cannot keep the list of files in {tmp_path}: ")
    assert list(tmp_path.iterdir()) == []
