"""One flipped bit in one of many files: found and named by a full comparison, wherever it is."""

from __future__ import annotations

import hashlib
import itertools

import pytest

from holdfast.backupsets.entries import Entry, Kind
from holdfast.drills.restored_tree import compare_tree
from holdfast.drills.verdict import Verdict, judge

SIZE = 64
PLACES = {"first": 0, "middle": 0.5, "last": 1}


def content(number):
    return number.to_bytes(4) * (SIZE // 4)


@pytest.fixture(scope="module", params=[10, 1_000, 10_000])
def many(request, tmp_path_factory):
    """So many restored files, and the list of them."""
    target, entries = tmp_path_factory.mktemp("many"), []
    for number in range(request.param):
        (target / f"{number:05}").write_bytes(content(number))
        digest = hashlib.sha256(content(number)).hexdigest()
        entries.append(Entry(f"{number:05}".encode(), Kind.FILE, 0o644, 0, SIZE, digest, ("0" * 64,)))
    return target, entries


def at(place, count):
    return min(count - 1, int(PLACES[place] * count))


@pytest.mark.parametrize(("file", "byte"), list(itertools.product(PLACES, PLACES)))
def test_one_flipped_bit_is_found_and_the_file_named(many, file, byte):
    target, entries = many
    victim = target / f"{at(file, len(entries)):05}"
    good = victim.read_bytes()
    bad = bytearray(good)
    bad[at(byte, SIZE)] ^= 1
    victim.write_bytes(bad)

    tree = compare_tree(target, entries, whole=True)

    victim.write_bytes(good)
    assert judge(tree.checks()).verdict is Verdict.FAILED
    assert (tree.wrong.count, tree.missing.count, tree.extra.count) == (1, 0, 0)
    assert any(victim.name in check.observed + check.reason for check in tree.checks() if check.id == "nothing-wrong")


def test_without_damage_it_passes(many):
    target, entries = many
    assert judge(compare_tree(target, entries, whole=True).checks()).verdict is Verdict.PASSED
