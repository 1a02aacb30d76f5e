"""Sampling that remembers: what was proved longest ago is taken next, and what that finds is stated."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta

import pytest
from applied_ground import PRIMARY
from kinds_ground import ready, spec_for

from holdfast.drills.engine import run
from holdfast.drills.errors import MemoryNotUsable
from holdfast.drills.memory import Memory, forget_nothing
from holdfast.drills.sampling import Sampling
from holdfast.drills.verdict import Verdict

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILES = [hashlib.sha256(bytes([number])).hexdigest() for number in range(50)]


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path / "drills" / "proved.sqlite", "project/_")


def numbers(seed):
    return random.Random(seed)  # noqa: S311  repeatable on purpose


def take(memory, count, at, *, region="r", seed=0):
    drawn = memory.draw(region, FILES, count, numbers(seed))
    memory.remember(region, "set", (FILES[each] for each in drawn.positions), at)
    return drawn


def test_every_file_is_proved_once_before_any_is_proved_twice(memory):
    seen = []
    for number in range(5):
        seen += take(memory, 10, NOW + timedelta(days=number), seed=number).positions
    assert sorted(seen) == list(range(50))
    again = take(memory, 10, NOW + timedelta(days=5), seed=9)
    assert set(again.positions) == set(seen[:10]), "then the ones proved longest ago"
    assert (again.never, again.oldest) == (0, NOW)


def test_the_first_draw_is_random_and_repeatable(memory):
    one = memory.draw("r", FILES, 5, numbers(1))
    assert one.positions == memory.draw("r", FILES, 5, numbers(1)).positions
    assert one.positions != memory.draw("r", FILES, 5, numbers(2)).positions
    assert (one.never, one.oldest) == (50, None)


def test_regions_sets_and_tenants_are_remembered_apart(memory):
    take(memory, 50, NOW)
    assert memory.draw("other", FILES, 1, numbers(0)).never == 50
    assert Memory(memory.path, "project/acme").draw("r", FILES, 1, numbers(0)).never == 50
    assert memory.region_longest_ago(("r", "other")) == "other"
    assert memory.region_longest_ago(("other", "r")) == "other"
    memory.remember("other", "set", (), NOW + timedelta(days=1))
    assert memory.region_longest_ago(("r", "other")) == "r"


def test_the_newest_of_the_sets_never_proved_comes_first_then_the_one_proved_longest_ago(memory):
    sets = ["20261120T000000Z-a", "20261121T000000Z-b", "20261122T000000Z-c"]
    order = []
    for day in range(4):
        chosen = memory.longest_ago("r", sets)
        memory.remember("r", chosen, (), NOW + timedelta(days=day))
        order.append(chosen[-1])
    assert order == ["c", "b", "a", "c"]
    assert memory.longest_ago("r", []) is None


def test_a_broken_memory_is_one_error_and_never_fails_a_drill_that_only_wants_to_remember(memory):
    memory.path.parent.mkdir()
    memory.path.write_bytes(b"not a database" * 100)
    with pytest.raises(MemoryNotUsable) as caught:
        memory.draw("r", FILES, 1, numbers(0))
    assert caught.value.hint
    forget_nothing(memory, "r", "set", FILES, NOW)


def test_what_all_drills_together_find_is_stated():
    sampling = Sampling(population=1000, size=100, seed=1, chosen=tuple(range(100)), never_proved=800)
    document = sampling.document()
    assert document["method"] == "proved longest ago"
    assert document["detection_probability"] == pytest.approx(1 - 0.99**100, abs=1e-6)
    assert document["proved_with_this_drill"] == 300
    assert document["detection_probability_with_earlier_drills"] == pytest.approx(1 - 0.99**300, abs=1e-6)
    assert "never_proved" not in Sampling(population=10, size=1, seed=1).document()


@pytest.mark.sandbox
def test_drills_in_a_row_take_other_files_and_older_sets_with_an_rpo_of_their_own(emulator, tmp_path):
    applied = ready(emulator, tmp_path)
    for number in range(12):
        applied.write(f"many/{number:02}", bytes([number]) * 20)
    first = applied.push()
    applied.write("notes.txt", b"changed since")
    second = applied.push()
    seen, sets = [], []
    for number in range(3):
        spec = spec_for(applied, "object-recovery", dataset="project", sample=5, seed=number, rotate=True)
        result = run(spec, applied.surroundings)
        assert (result.verdict, result.issues) == (Verdict.PASSED, ())
        seen.append(set(result.selection.sampling.chosen))
        sets.append(result.selection.point.id)
    assert sets == [second.set_id, first.set_id, second.set_id]
    assert not seen[0] & seen[1] & seen[2]
    older = run(
        spec_for(applied, "object-recovery", dataset="project", sample=5, rotate=True, scenario="corruption"),
        applied.surroundings,
    )
    assert older.selection.sampling.never_proved == older.selection.sampling.population, "in this Region"
    assert older.selection.point.region == PRIMARY
