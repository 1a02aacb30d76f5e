"""Small files share objects: what that saves, and that damage is told of the files it is in and of no other."""

from __future__ import annotations

import os
import random
import tracemalloc

import pytest
from faults import SLOW_DOWN, Faults, once
from local_aws import PRIMARY, RECOVERY
from vault_ground import MIB, one_by_one, tree

from holdfast.backupsets.errors import SourceChanged
from holdfast.backupsets.fetch import fetch_file, fetch_many
from holdfast.backupsets.fetched import Outcome
from holdfast.backupsets.packing import PACK_BELOW, PACK_ENTRIES, PACK_LEAST
from holdfast.backupsets.reading import Oddity
from holdfast.clock import ManualClock

pytestmark = pytest.mark.sandbox

KIB = 1024
ALL = ["data/a.bin", "data/b.bin", "notes.txt"]


@pytest.fixture
def ground(ground):
    ground.pack_below = PACK_BELOW
    return ground


@pytest.fixture
def weak_ground(weak_ground):
    weak_ground.pack_below = PACK_BELOW
    return weak_ground


def files_of(ground, **options):
    return {entry.name: entry for entry in ground.open(**options).files()}


def pack_of(ground, name):
    """Key of the object a file shares with others."""
    entry = files_of(ground)[name]
    assert entry.offset is not None
    return f"objects/project/_/{entry.chunks[0][:2]}/{entry.chunks[0]}"


def body(ground, key, region=RECOVERY):
    return ground.s3(region).get_object(Bucket=ground.bucket(region), Key=key)["Body"].read()


def flipped(data, position):
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def random_files(ground, count, size, *, seed=1):
    randomness = random.Random(seed)  # noqa: S311  # seeded on purpose
    for number in range(count):
        ground.write(f"many/{number:05}", randomness.randbytes(size))


def notable(fetched):
    return {verdict.path: (verdict.outcome, verdict.because) for verdict in fetched.notable}


def test_small_files_are_one_object_and_come_back(ground):
    pushed = ground.push()

    assert sum(pushed.objects.values()) == 2 * 3  # a pack and the two lists, in two Regions
    assert len({entry.chunks for entry in files_of(ground).values()}) == 1
    assert ground.fetch().notable == []
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_a_larger_file_is_an_object_of_its_own(ground):
    ground.write("at-most", b"m" * PACK_BELOW)
    ground.write("too-large", b"l" * (PACK_BELOW + 1))
    ground.write("empty", b"")
    ground.push()
    files = files_of(ground)

    assert files["at-most"].offset is not None
    assert (files["too-large"].offset, files["too-large"].chunks) == (None, (files["too-large"].digest,))
    assert (files["empty"].offset, files["empty"].chunks) == (None, ())
    assert ground.fetch().is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_a_small_file_by_itself_is_an_object_like_any_other(ground):
    for name in ("data/a.bin", "data/b.bin"):
        (ground.source / name).unlink()
    ground.push()

    assert files_of(ground)["notes.txt"].offset is None
    assert ground.keys(ground.object_key(b"three files"))


def test_the_same_content_lies_in_a_pack_once(ground):
    for number in range(500):
        ground.write(f"copies/{number}", b"the same in each of them")
    ground.push()
    copies = [entry for name, entry in files_of(ground).items() if name.startswith("copies/")]

    assert len({(entry.chunks, entry.offset) for entry in copies}) == 1
    assert len(body(ground, pack_of(ground, "notes.txt"))) == 3 + 1000 + 24 + 11
    assert ground.fetch().is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_packs_are_neither_small_nor_larger_than_a_chunk(ground):
    random_files(ground, 300, 100 * KIB)
    pushed = ground.push()
    packs = {entry.chunks[0] for entry in files_of(ground).values()}
    sizes = [each["Size"] for each in ground.versions("objects/") if each["Key"].rpartition("/")[2] in packs]

    assert sum(sizes) == pushed.bytes
    assert sum(size < PACK_LEAST for size in sizes) <= 1  # the last
    assert max(sizes) <= 8 * MIB
    assert ground.fetch().is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_what_waits_for_a_pack_is_bounded_however_little_is_in_it(ground):
    for number in range(PACK_ENTRIES + 100):
        ground.write(f"many/{number:05}", b"%d" % number)
        (ground.source / f"many/folder-{number:05}").mkdir()
    ground.push()

    assert len({entry.chunks for entry in files_of(ground).values()}) == 3
    assert ground.fetch().is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


@pytest.mark.parametrize("change", ["changed", "added", "removed", "renamed folder"])
def test_a_change_writes_its_pack_again_and_no_other(ground, change):
    random_files(ground, 4000, 4 * KIB)
    before = ground.push()
    many = ground.source / "many"
    if change == "changed":
        (many / "01000").write_bytes(b"something else")
    elif change == "added":
        (many / "01000-a").write_bytes(b"one more")
    elif change == "removed":
        (many / "01000").unlink()
    else:
        many.rename(ground.source / "more")
    pushed = ground.push()

    assert before.objects["written"] >= 2 * 10
    packs = (pushed.objects["written"] - 2 * 2) // 2  # without the two lists, in two Regions
    assert packs <= (0 if change == "renamed folder" else 2)
    (view,) = [each for each in ground.committed() if each.set_id == pushed.set_id]
    assert fetch_many(ground.open(view), ground.folder / "restored").is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_the_same_directory_makes_the_same_packs(ground):
    random_files(ground, 1000, 4 * KIB)
    first, second = ground.push(), ground.push()

    assert first.set_id.split("-")[1] == second.set_id.split("-")[1]
    assert second.objects["written"] == 0


def test_a_file_is_restored_by_reading_what_is_its_own(ground):
    random_files(ground, 300, 4 * KIB)
    ground.push()
    entries = one_by_one(ground.open())
    entry = next(each for each in entries if each.name == "many/00100")
    asked = []
    ground.s3(RECOVERY).meta.events.register(
        "provide-client-params.s3.GetObject", lambda params, **_: asked.append(params.get("Range"))
    )
    verdict = fetch_file(entries, entry, ground.folder / "one")

    assert verdict.outcome is Outcome.RESTORED
    assert [each for each in asked if each] == [f"bytes={entry.offset}-{entry.offset + 4 * KIB - 1}"]
    assert (ground.folder / "one" / "many" / "00100").read_bytes() == (ground.source / "many" / "00100").read_bytes()


def test_a_set_of_small_files_is_restored_with_a_read_for_each_pack(ground):
    random_files(ground, 1500, 4 * KIB)
    ground.push()
    entries = one_by_one(ground.open())
    packs = {entry.chunks for entry in entries.files()}
    asked = []
    ground.s3(RECOVERY).meta.events.register(
        "provide-client-params.s3.GetObject", lambda params, **_: asked.append(params.get("Range"))
    )
    assert fetch_many(entries, ground.folder / "restored").is_complete
    assert len([each for each in asked if each]) == len(packs) <= 8


def test_files_between_larger_ones_are_read_together(ground):
    for number in range(20):
        ground.write(f"mixed/{number:02}-large", bytes([number]) * (PACK_BELOW + 1))
        ground.write(f"mixed/{number:02}-small", b"%d" % number)
    ground.push()
    entries = one_by_one(ground.open())
    asked = []
    ground.s3(RECOVERY).meta.events.register(
        "provide-client-params.s3.GetObject", lambda params, **_: asked.append(params.get("Range"))
    )
    assert fetch_many(entries, ground.folder / "restored").is_complete
    assert len([each for each in asked if each]) == len({each.chunks for each in entries.files() if each.offset}) == 1
    assert tree(ground.folder / "restored") == tree(ground.source)


@pytest.mark.parametrize("by_boto3", [True, False])
def test_a_pack_behind_a_delete_marker_is_found_and_told_of_each_file(ground, by_boto3):
    ground.push()
    ground.hide(pack_of(ground, "notes.txt"), RECOVERY)
    entries = one_by_one(ground.open()) if by_boto3 else ground.open()
    fetched = fetch_many(entries, ground.folder / "restored")

    assert fetched.is_complete
    assert notable(fetched) == dict.fromkeys(ALL, (Outcome.RESTORED_WITH_WARNING, Oddity.DELETE_MARKER))
    assert tree(ground.folder / "restored") == tree(ground.source)


@pytest.mark.parametrize("by_boto3", [True, False])
@pytest.mark.parametrize("content", [b"", b"short", b"x" * 2000])
def test_a_pack_written_over_is_found_by_its_version_and_told(ground, by_boto3, content):
    ground.push()
    ground.overwrite(pack_of(ground, "notes.txt"), content, RECOVERY)
    entries = one_by_one(ground.open()) if by_boto3 else ground.open()
    fetched = fetch_many(entries, ground.folder / "restored")

    assert fetched.is_complete
    assert notable(fetched) == dict.fromkeys(ALL, (Outcome.RESTORED_WITH_WARNING, Oddity.OTHER_VERSION))
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_a_pack_that_is_gone_is_the_loss_of_its_files_and_each_is_named(weak_ground):
    weak_ground.write("large", b"l" * (PACK_BELOW + 1))
    weak_ground.push()
    entries = weak_ground.open()
    weak_ground.destroy(pack_of(weak_ground, "notes.txt"), RECOVERY)
    fetched = fetch_many(entries, weak_ground.folder / "restored")

    assert [verdict.path for verdict in fetched.failures] == ALL
    assert all("no version of it is left" in verdict.because for verdict in fetched.failures)
    assert sorted(tree(weak_ground.folder / "restored")) == [b"data", b"large"]


@pytest.mark.parametrize("by_boto3", [True, False])
@pytest.mark.parametrize("name", ALL)
def test_one_flipped_bit_of_a_pack_is_the_loss_of_one_file(weak_ground, name, by_boto3):
    weak_ground.push()
    entries = one_by_one(weak_ground.open()) if by_boto3 else weak_ground.open()
    key, entry = pack_of(weak_ground, name), files_of(weak_ground)[name]
    data = body(weak_ground, key)
    weak_ground.destroy(key, RECOVERY)
    weak_ground.overwrite(key, flipped(data, entry.offset + entry.size // 2), RECOVERY)
    fetched = fetch_many(entries, weak_ground.folder / "restored")

    assert [verdict.path for verdict in fetched.failures] == [name]
    assert f"bytes {entry.offset} to {entry.offset + entry.size} of {key} in {RECOVERY} are damaged" in (
        fetched.failures[0].because
    )
    assert not (weak_ground.folder / "restored" / name).exists()
    assert fetched.files == 2


@pytest.mark.parametrize("hidden", [True, False])
def test_each_file_is_restored_from_whichever_version_has_it(weak_ground, hidden):
    weak_ground.push()
    entries, files = weak_ground.open(), files_of(weak_ground)
    key = pack_of(weak_ground, "notes.txt")
    data = body(weak_ground, key)
    weak_ground.destroy(key, RECOVERY)
    for name in ("data/b.bin", "notes.txt"):  # one is damaged in one version, the other in the other
        weak_ground.overwrite(key, flipped(data, files[name].offset), RECOVERY)
    if hidden:
        weak_ground.hide(key, RECOVERY)
    fetched = fetch_many(entries, weak_ground.folder / "restored")

    assert fetched.is_complete
    assert notable(fetched)["notes.txt"][0] is Outcome.RESTORED_WITH_WARNING
    assert tree(weak_ground.folder / "restored") == tree(weak_ground.source)


def test_two_members_swapped_are_both_lost_and_the_third_is_not(weak_ground):
    weak_ground.write("x", b"aaaa")
    weak_ground.write("y", b"bbbb")
    weak_ground.push()
    entries, key = weak_ground.open(), pack_of(weak_ground, "x")
    data = body(weak_ground, key)
    weak_ground.destroy(key, RECOVERY)
    weak_ground.overwrite(key, data.replace(b"aaaabbbb", b"bbbbaaaa"), RECOVERY)
    fetched = fetch_many(entries, weak_ground.folder / "restored")

    assert [verdict.path for verdict in fetched.failures] == ["x", "y"]
    assert fetched.files == 3


def test_a_bit_that_flips_on_the_way_is_a_warning(ground, monkeypatch):
    ground.push()
    entries, entry = one_by_one(ground.open()), files_of(ground)["data/b.bin"]
    real, flips = entries.reader.span, iter([entry.offset])

    def span(key, start, size):
        data, where = real(key, start, size), next(flips, None)
        return data if where is None else flipped(data, where - start)

    monkeypatch.setattr(entries.reader, "span", span)
    fetched = fetch_many(entries, ground.folder / "restored")

    assert fetched.is_complete
    assert notable(fetched) == {"data/b.bin": (Outcome.RESTORED_WITH_WARNING, Oddity.SECOND_READ)}
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_a_pack_that_could_not_be_sent_at_once_is_read_from_the_disk_again(ground):
    fault = Faults(ground.s3(PRIMARY), SLOW_DOWN, once(), "PutObject")
    clock = ManualClock(ground.sessions.server_time(PRIMARY))
    ground.push(clock=clock)

    assert fault.injected == 1
    assert ground.fetch().is_complete


def test_a_pack_whose_file_changed_before_it_was_sent_again_is_an_error(ground):
    from holdfast.backupsets.scanning import Counted, scan

    root = os.open(ground.source, os.O_RDONLY | os.O_DIRECTORY)
    try:
        (pack,) = scan(root, lambda _: None, Counted())
        light = pack.lightened()
        assert light.load() == pack.load() == b"\x00\x01\x02" + b"b" * 1000 + b"three files"
        (ground.source / "data" / "b.bin").write_bytes(b"c" * 1000)
        with pytest.raises(SourceChanged, match=r"data/b\.bin changed"):
            light.load()
    finally:
        os.close(root)


def test_memory_does_not_grow_with_the_number_of_small_files(ground):
    random_files(ground, 8000, 8 * KIB)
    tracemalloc.start()
    try:
        pushed = ground.push(workers=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < pushed.bytes / 4
