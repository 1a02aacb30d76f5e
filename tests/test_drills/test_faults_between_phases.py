"""Faults in a real drill, between what was fetched and what is verified, and in what lies in the bucket."""

from __future__ import annotations

import random
import shutil

import pytest

from holdfast.drills.engine import run
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox


def flip_bit(path, position):
    content = bytearray(path.read_bytes())
    content[position] ^= 0x80
    path.write_bytes(content)


def swap(target):
    first, second = target / "data/b.bin", target / "data/d.bin"
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)


DAMAGES = {
    "first byte": lambda target: flip_bit(target / "data/b.bin", 0),
    "middle byte": lambda target: flip_bit(target / "data/b.bin", 500),
    "last byte": lambda target: flip_bit(target / "data/b.bin", -1),
    "missing": lambda target: (target / "notes.txt").unlink(),
    "extra": lambda target: (target / "more.txt").write_bytes(b"more"),
    "truncated": lambda target: (target / "data/a.bin").write_bytes(b"\x00"),
    "swapped": swap,
    "older version": lambda target: (target / "notes.txt").write_bytes(b"three filez"),
    "empty": lambda target: [shutil.rmtree(target), target.mkdir()],
}


@pytest.fixture(scope="module")
def pushed(emulator, tmp_path_factory):
    """One pushed dataset for all damages; each drill has a home of its own."""
    from applied_ground import Applied, make_environment

    applied = Applied(make_environment(), emulator, tmp_path_factory.mktemp("pushed"))
    applied.write("data/d.bin", b"d" * 1000)
    applied.apply().push()
    return applied


@pytest.fixture
def drilled(pushed, tmp_path):
    def drill(damage, **changes):
        class Damaged(ObjectRecovery):
            def restore(self, drill, selection):
                restored = super().restore(drill, selection)
                damage(drill.target)
                return restored

        from dataclasses import replace

        base = DrillSpec(environment=pushed.environment.environment, kind="object-recovery", dataset="project")
        pushed.home = tmp_path / "home"
        surroundings = replace(pushed.surroundings, kinds={"object-recovery": Damaged()})
        return run(base.model_copy(update=changes), surroundings)

    return drill


def test_undamaged_it_passes(drilled):
    assert drilled(lambda _: None).verdict is Verdict.PASSED


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_restore_damaged_before_it_is_verified_fails(drilled, damage):
    result = drilled(damage)
    assert result.verdict is Verdict.FAILED
    assert result.issues


def test_a_file_of_another_set_in_place_of_the_right_one_fails(drilled, pushed):
    rng = random.Random(1)  # noqa: S311

    def other(target):
        (target / "data/b.bin").write_bytes(rng.randbytes(1000))

    assert drilled(other).verdict is Verdict.FAILED


def test_a_record_of_a_failed_drill_says_failed(drilled):
    result = drilled(DAMAGES["missing"])
    assert result.document()["verdict"] == "FAILED"
    assert any("notes.txt" in issue for issue in result.issues)
