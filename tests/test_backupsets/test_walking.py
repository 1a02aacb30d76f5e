"""The walk: always in the same order, never out of the directory, however large it is or however names change."""

from __future__ import annotations

import os

import pytest

from holdfast.backupsets import walking
from holdfast.backupsets.errors import SourceChanged, UnreadableSource
from holdfast.backupsets.walking import open_beneath, open_root, walk


@pytest.fixture
def folder(tmp_path):
    for name in ("b/2", "b/1", "a", "b-", "c/x/y", "é"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


def paths(folder):
    root = open_root(folder)
    try:
        return [found.path for found in walk(root)]
    finally:
        os.close(root)


def test_a_directory_comes_before_what_is_in_it_in_the_order_of_bytes(folder):
    assert paths(folder) == [b"a", b"b", b"b/1", b"b/2", b"b-", b"c", b"c/x", b"c/x/y", "é".encode()]


def test_a_large_directory_is_sorted_on_disk_in_the_same_order(folder, monkeypatch):
    for number in range(500):
        (folder / f"many-{number * 7919 % 500}").write_bytes(b"")
    in_memory = paths(folder)
    monkeypatch.setattr(walking, "NAMES_IN_MEMORY", 10)

    assert paths(folder) == in_memory
    assert len(in_memory) == 509


def test_no_descriptor_is_left_open(folder):
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    paths(folder)
    root = open_root(folder)
    unfinished = walk(root)
    for _ in range(7):
        next(unfinished)
    unfinished.close()
    os.close(root)

    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_directory_swapped_for_a_symlink_during_the_walk_is_not_followed(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret").write_bytes(b"")
    root = open_root(folder)
    seen = walk(root)
    while next(seen).path != b"b":
        pass
    (folder / "b").rename(folder / "moved")
    (folder / "b").symlink_to(outside)

    with pytest.raises(SourceChanged, match=r"b was replaced|b vanished"):
        next(seen)
    os.close(root)


def test_a_file_is_not_reopened_through_a_symlink(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "1").write_bytes(b"secret")
    (folder / "b").rename(folder / "moved")
    (folder / "b").symlink_to(outside)
    root = open_root(folder)

    with pytest.raises(OSError, match=r"Not a directory|symbolic"):
        open_beneath(root, b"b/1")
    os.close(root)


def test_a_name_that_vanishes_is_reported(folder):
    root = open_root(folder)
    seen = walk(root)
    next(seen)
    (folder / "b-").unlink()

    with pytest.raises(SourceChanged, match="b- vanished"):
        list(seen)
    os.close(root)


def test_a_directory_that_cannot_be_read_is_named(folder, monkeypatch):
    real = os.open

    def refuse(name, *arguments, **options):
        if name == b"x":
            raise PermissionError(13, "Permission denied")
        return real(name, *arguments, **options)

    monkeypatch.setattr(walking.os, "open", refuse)

    with pytest.raises(UnreadableSource, match="cannot read c/x: Permission denied"):
        paths(folder)
