"""The drill's own checks, tried on restores that were damaged on purpose: each damage must fail at least one check."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from holdfast.backupsets.entries import Entry, Kind
from holdfast.backupsets.errors import SourceNotUsable
from holdfast.drills.checks import Outcome
from holdfast.drills.restored_tree import compare_tree
from holdfast.drills.verdict import Verdict, judge

CONTENT = {
    "a": b"first file",
    "b": b"other file",  # as long as a
    "deep/c.bin": bytes(range(256)) * 40,
    "deep/er/d": b"d" * 3000,
    "empty": b"",
    "z": b"last",
}
FOLDERS = ("deep", "deep/er")
TARGET = b"a"


def entries(content=CONTENT, links=("link",)):
    """The list of a set, in the order a manifest keeps: by the parts of the path."""
    made = [Entry(name.encode(), Kind.DIRECTORY, 0o755, 0) for name in FOLDERS]
    made += [
        Entry(name.encode(), Kind.FILE, 0o644, 0, len(data), hashlib.sha256(data).hexdigest(), ("0" * 64,))
        for name, data in content.items()
    ]
    made += [Entry(name.encode(), Kind.SYMLINK, 0o777, 0, target=TARGET) for name in links]
    return sorted(made, key=lambda entry: entry.path.split(b"/"))


@pytest.fixture
def restored(tmp_path):
    """A restore as it should be."""
    target = tmp_path / "restored"
    for name, data in CONTENT.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (target / "link").symlink_to(os.fsdecode(TARGET))
    return target


def verdict(target, wanted=None, *, whole=True):
    tree = compare_tree(target, wanted if wanted is not None else entries(), whole=whole)
    return judge(tree.checks()).verdict, tree


def flip(name, position):
    def damage(target: Path) -> None:
        path = target / name
        content = bytearray(path.read_bytes())
        content[position] ^= 1
        before = path.stat()
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return damage


def swap(target: Path) -> None:
    first, second = (target / "a").read_bytes(), (target / "b").read_bytes()
    (target / "a").write_bytes(second)
    (target / "b").write_bytes(first)


def replace_by(name, make):
    def damage(target: Path) -> None:
        (target / name).unlink()
        make(target / name)

    return damage


DAMAGES = {
    "first bit of a file": flip("deep/c.bin", 0),
    "middle bit of a file": flip("deep/c.bin", 5000),
    "last bit of a file": flip("deep/c.bin", -1),
    "first file": flip("a", 0),
    "last file": flip("z", 3),
    "file missing": lambda target: (target / "deep/er/d").unlink(),
    "first file missing": lambda target: (target / "a").unlink(),
    "last file missing": lambda target: (target / "z").unlink(),
    "empty file missing": lambda target: (target / "empty").unlink(),
    "folder missing with what was in it": lambda target: shutil.rmtree(target / "deep"),
    "file extra": lambda target: (target / "deep/extra").write_bytes(b""),
    "file extra before all": lambda target: (target / "0").write_bytes(b"x"),
    "file extra after all": lambda target: (target / "zz").write_bytes(b"x"),
    "folder extra": lambda target: (target / "more").mkdir(),
    "link extra": lambda target: (target / "more").symlink_to("a"),
    "truncated": lambda target: os.truncate(target / "deep/er/d", 2999),
    "truncated to nothing": lambda target: os.truncate(target / "deep/er/d", 0),
    "longer": lambda target: os.truncate(target / "deep/er/d", 3001),
    "zeros of the same length": lambda target: (target / "deep/er/d").write_bytes(bytes(3000)),
    "two files of one size swapped": swap,
    "an older version": lambda target: (target / "z").write_bytes(b"lost"),
    "another tenant's file of the same name": lambda target: (target / "a").write_bytes(b"their file"),
    "renamed": lambda target: (target / "z").rename(target / "y"),
    "other capitals": lambda target: (target / "z").rename(target / "Z"),
    "empty where there was nothing to lose": lambda target: (target / "empty").write_bytes(b"\n"),
    "link instead of a file": replace_by("b", lambda path: path.symlink_to("a")),
    "folder instead of a file": replace_by("b", Path.mkdir),
    "pipe instead of a file": replace_by("b", os.mkfifo),
    "file instead of a link": replace_by("link", lambda path: path.write_bytes(CONTENT["a"])),
    "link to another place": replace_by("link", lambda path: path.symlink_to("/etc/passwd")),
    "nothing at all": lambda target: [shutil.rmtree(target), target.mkdir()],
}


def test_a_good_restore_passes(restored):
    found, tree = verdict(restored)
    assert found is Verdict.PASSED
    assert (tree.right, tree.expected, tree.found_bytes) == (6, 6, sum(map(len, CONTENT.values())))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_every_damage_is_detected(restored, damage):
    damage(restored)
    found, tree = verdict(restored)
    assert found is Verdict.FAILED
    assert tree.missing.count + tree.extra.count + tree.wrong.count > 0, "and it is named"


def test_every_single_flipped_bit_of_a_file_is_detected(restored):
    path = restored / "b"
    for position in range(len(CONTENT["b"])):
        for bit in range(8):
            content = bytearray(CONTENT["b"])
            content[position] ^= 1 << bit
            path.write_bytes(content)
            assert verdict(restored)[0] is Verdict.FAILED
    path.write_bytes(CONTENT["b"])
    assert verdict(restored)[0] is Verdict.PASSED


@pytest.mark.parametrize(
    "damage", [flip("a", 0), swap, lambda target: (target / "extra").write_bytes(b"x"), DAMAGES["first file missing"]]
)
def test_damage_in_a_sample_is_detected(restored, damage):
    names = {"a", "b", "deep/er/d"}
    for name in CONTENT.keys() - names:
        (restored / name).unlink()
    (restored / "link").unlink()
    sample = [entry for entry in entries() if entry.path.decode() in names]
    assert verdict(restored, sample, whole=False)[0] is Verdict.PASSED
    damage(restored)
    assert verdict(restored, sample, whole=False)[0] is Verdict.FAILED


def test_a_file_that_cannot_be_read_is_not_right(restored, monkeypatch):
    def refuse(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("hashlib.file_digest", refuse)
    found, tree = verdict(restored)
    assert found is Verdict.FAILED
    assert "cannot be read: Input/output error" in tree.wrong.words


def test_a_target_that_is_gone_is_an_error_and_no_verdict(tmp_path):
    with pytest.raises(SourceNotUsable):
        verdict(tmp_path / "gone")


def test_an_empty_list_of_entries_shows_nothing(tmp_path):
    tree = compare_tree(tmp_path, [], whole=True)
    assert tree.right == 0
    assert all(check.outcome is Outcome.PASSED for check in tree.checks())  # which is why an empty set is never chosen


def test_many_findings_are_counted_and_a_few_named(restored):
    for number in range(50):
        (restored / f"extra-{number:02}").write_bytes(b"x")
    _, tree = verdict(restored)
    assert tree.extra.count == 50
    assert tree.extra.words.endswith("and 45 more")
