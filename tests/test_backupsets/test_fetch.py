"""A restore writes what was backed up, nothing else and nowhere else, and names what it could not have."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta

import pytest
from local_aws import PRIMARY, RECOVERY
from vault_ground import MIB, REGIONS, one_by_one, tree

from holdfast.aws.bulk_reads import FirstReads
from holdfast.backupsets import part_reader, restored_file
from holdfast.backupsets.entries import Kind
from holdfast.backupsets.errors import RestoreNotWritten, TargetNotUsable, UnknownSet
from holdfast.backupsets.fetch import fetch_file, fetch_many
from holdfast.backupsets.fetched import Outcome
from holdfast.backupsets.reading import Oddity

pytestmark = pytest.mark.sandbox


def named(fetched):
    return {verdict.path: (verdict.outcome, verdict.because) for verdict in fetched.notable}


@pytest.mark.parametrize("region", REGIONS)
def test_a_set_is_restored_from_either_region(ground, region):
    ground.push()
    fetched = ground.fetch(region)

    assert fetched.is_complete
    assert (fetched.files, fetched.entries, fetched.bytes) == (3, 4, 1014)
    assert fetched.notable == []
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_a_set_is_restored_while_the_primary_region_is_lost(ground):
    ground.push()
    ground.sessions = ground.sessions.guarded(
        regions=frozenset({PRIMARY}), buckets=frozenset({ground.sessions.names.vault_bucket})
    )
    (view,) = ground.committed(regions=[RECOVERY])
    fetched = fetch_many(ground.open(view, RECOVERY), ground.folder / "restored")

    assert fetched.is_complete
    assert ground.sessions.guard.refused == ()


def test_one_file_is_restored_under_its_own_path(ground):
    ground.push()
    entries = ground.open()
    entry = next(each for each in entries if each.name == "data/b.bin")
    verdict = fetch_file(entries, entry, ground.folder / "one")

    assert verdict.outcome is Outcome.RESTORED
    assert (ground.folder / "one" / "data" / "b.bin").read_bytes() == b"b" * 1000
    assert len(tree(ground.folder / "one")) == 2


def test_one_tenants_directory_is_restored_alone(ground):
    ground.write("acme/x", b"acme's")
    ground.write("acme-2/x", b"not acme's")
    ground.push()
    entries = ground.open()
    fetched = fetch_many(entries, ground.folder / "restored", only=entries.under(b"acme"))

    assert fetched.is_complete
    assert set(tree(ground.folder / "restored")) == {b"acme", b"acme/x"}


def test_a_sample_is_even_and_the_same_for_the_same_seed(ground):
    for number in range(30):
        ground.write(f"{number:02}", str(number).encode())
    ground.push()
    entries = ground.open()
    drawn = [entries.sample(5, random.Random(seed)) for seed in (1, 1, 2)]  # noqa: S311  # seeded on purpose

    assert drawn[0] == drawn[1] != drawn[2]
    assert all(len({entry.path for entry in sample}) == 5 for sample in drawn)
    assert len(entries.sample(1000, random.Random(1))) == 33  # noqa: S311  # seeded on purpose


def test_a_large_file_is_restored_by_several_workers(ground):
    ground.write("large", b"".join(bytes([number]) * (8 * MIB) for number in range(5)) + b"end")
    ground.push()

    assert ground.fetch(workers=8).is_complete
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_an_object_hidden_by_a_delete_marker_is_found_and_told(ground):
    ground.push()
    ground.hide(ground.object_key(b"three files"), RECOVERY)
    fetched = ground.fetch()

    assert fetched.is_complete
    assert named(fetched) == {"notes.txt": (Outcome.RESTORED_WITH_WARNING, Oddity.DELETE_MARKER)}
    assert (ground.folder / "restored" / "notes.txt").read_bytes() == b"three files"


@pytest.mark.parametrize("content", [b"Three Files", b"", b"much longer than what was there before"])
def test_an_object_written_over_is_found_by_its_version_and_told(ground, content):
    ground.push()
    ground.overwrite(ground.object_key(b"three files"), content, RECOVERY)
    fetched = ground.fetch()

    assert named(fetched) == {"notes.txt": (Outcome.RESTORED_WITH_WARNING, Oddity.OTHER_VERSION)}
    assert (ground.folder / "restored" / "notes.txt").read_bytes() == b"three files"


def test_two_objects_that_were_swapped_are_found_by_their_versions(ground):
    ground.write("x", b"aaaa")
    ground.write("y", b"bbbb")
    ground.push()
    ground.overwrite(ground.object_key(b"aaaa"), b"bbbb", RECOVERY)
    ground.overwrite(ground.object_key(b"bbbb"), b"aaaa", RECOVERY)
    fetched = ground.fetch()

    assert {path for path, _ in named(fetched).items()} == {"x", "y"}
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_an_object_that_is_gone_is_named_and_the_rest_restored(weak_ground):
    weak_ground.push()
    entries = weak_ground.open()
    weak_ground.destroy(weak_ground.object_key(b"three files"), RECOVERY)
    fetched = fetch_many(entries, weak_ground.folder / "restored")

    assert not fetched.is_complete
    ((path, (outcome, because)),) = named(fetched).items()
    assert (path, outcome) == ("notes.txt", Outcome.FAILED)
    assert "no version of it is left" in because
    assert weak_ground.object_key(b"three files") in because
    assert sorted(tree(weak_ground.folder / "restored")) == [b"data", b"data/a.bin", b"data/b.bin"]


def test_an_object_damaged_in_every_version_is_named_and_not_left_behind(weak_ground):
    weak_ground.push()
    entries = weak_ground.open()
    weak_ground.destroy(weak_ground.object_key(b"three files"), RECOVERY)
    weak_ground.overwrite(weak_ground.object_key(b"three files"), b"three fileS", RECOVERY)
    fetched = fetch_many(entries, weak_ground.folder / "restored")

    assert "is damaged" in named(fetched)["notes.txt"][1]
    assert not (weak_ground.folder / "restored" / "notes.txt").exists()


def test_a_large_file_that_misses_one_chunk_is_not_left_behind(weak_ground):
    chunks = [bytes([number]) * (8 * MIB) for number in range(4)]
    weak_ground.write("large", b"".join(chunks))
    weak_ground.push()
    entries = weak_ground.open()
    weak_ground.destroy(weak_ground.object_key(chunks[2]), RECOVERY)
    fetched = fetch_many(entries, weak_ground.folder / "restored")

    assert [verdict.path for verdict in fetched.failures] == ["large"]
    assert not (weak_ground.folder / "restored" / "large").exists()
    assert fetched.entries == 5


@pytest.mark.parametrize("position", [0, 500, 999])
def test_one_flipped_bit_in_the_first_read_is_a_warning(ground, monkeypatch, position):
    ground.push()
    entries = one_by_one(ground.open())
    flips = iter([position])
    real = entries.reader._current

    def current(key):
        data = real(key)
        where = next(flips, None) if key == ground.object_key(b"b" * 1000) else None
        return data if where is None else data[:where] + bytes([data[where] ^ 1]) + data[where + 1 :]

    monkeypatch.setattr(entries.reader, "_current", current)
    fetched = fetch_many(entries, ground.folder / "restored")

    assert fetched.is_complete
    assert named(fetched) == {"data/b.bin": (Outcome.RESTORED_WITH_WARNING, Oddity.SECOND_READ)}
    assert tree(ground.folder / "restored") == tree(ground.source)


@pytest.mark.parametrize("position", [0, 500, 999])
def test_one_flipped_bit_in_a_read_without_boto3_is_a_warning(ground, monkeypatch, position):
    ground.push()
    entries = ground.open()
    real = FirstReads.read

    def read(self, key, *span):
        data = real(self, key, *span)
        flipped = key == ground.object_key(b"b" * 1000)
        return bytes(data[:position]) + bytes([data[position] ^ 1]) + bytes(data[position + 1 :]) if flipped else data

    monkeypatch.setattr(FirstReads, "read", read)
    fetched = fetch_many(entries, ground.folder / "restored")

    assert fetched.is_complete
    assert named(fetched) == {"data/b.bin": (Outcome.RESTORED_WITH_WARNING, Oddity.SECOND_READ)}
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_without_boto3_small_objects_are_read_side_by_side_and_large_ones_a_few_at_a_time(ground, monkeypatch):
    for number in range(12):
        ground.write(f"large/{number}", bytes([number]) * (8 * MIB))
    for number in range(200):
        ground.write(f"small/{number:03}", b"%d" % number)
    ground.push()
    held, most_held, at_once, most_at_once, lock = 0, 0, 0, 0, threading.Lock()
    met, real = threading.Event(), FirstReads.read

    def read(self, key, *span):
        nonlocal held, most_held, at_once, most_at_once
        with lock:
            at_once += 1
            most_at_once = max(most_at_once, at_once)
            if at_once > part_reader.WORKERS:
                met.set()
        met.wait(60)  # the first ones for those that are to come beside them, however slowly threads start here
        time.sleep(0.005)
        data = real(self, key, *span)
        with lock:
            held += len(data)
            most_held = max(most_held, held)
        time.sleep(0.005)
        with lock:
            held -= len(data)
            at_once -= 1
        return data

    monkeypatch.setattr(FirstReads, "read", read)
    fetched = ground.fetch()

    assert fetched.is_complete
    assert part_reader.WORKERS < most_at_once <= part_reader.AT_ONCE
    assert 8 * MIB <= most_held <= part_reader.FEW * 8 * MIB + part_reader.AT_ONCE * part_reader.SMALL_BYTES


@pytest.mark.parametrize("count", [10, 60])
def test_damage_in_one_of_many_objects_is_always_found(weak_ground, count):
    for number in range(count):
        weak_ground.write(f"many/{number:03}", b"content of %03d" % number)
    weak_ground.push()
    entries = weak_ground.open()
    victim = random.Random(count).randrange(count)  # noqa: S311  # seeded on purpose
    key = weak_ground.object_key(b"content of %03d" % victim)
    weak_ground.destroy(key, RECOVERY)
    weak_ground.overwrite(key, b"Content of %03d" % victim, RECOVERY)
    fetched = fetch_many(entries, weak_ground.folder / "restored")

    assert [verdict.path for verdict in fetched.failures] == [f"many/{victim:03}"]
    assert fetched.outcomes[Outcome.RESTORED] == count + 3 + 2 - 1


def test_a_disk_that_lies_is_found_out_for_large_files(ground, monkeypatch):
    ground.write("large", b"\x01" * (16 * MIB + 5))
    ground.push()
    real = restored_file._write_all

    def lie(file, data, offset):
        real(file, data if offset else bytes(data[:-1]) + b"\x02", offset)

    monkeypatch.setattr(restored_file, "_write_all", lie)
    fetched = ground.fetch()

    assert "SHA-256" in named(fetched)["large"][1]
    assert not (ground.folder / "restored" / "large").exists()


def test_a_full_disk_stops_the_restore_with_one_error(ground, monkeypatch):
    ground.push()

    def full(file, data, offset):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restored_file, "_write_all", full)

    with pytest.raises(RestoreNotWritten, match="No space left"):
        ground.fetch()

    assert [path for path in (ground.folder / "restored").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("what", ["file in it", "a file", "unwritable parent"])
def test_only_an_empty_directory_is_restored_into(ground, what):
    ground.push()
    target = ground.folder / "target"
    if what == "file in it":
        target.mkdir()
        (target / "mine").write_bytes(b"precious")
    elif what == "a file":
        target.write_bytes(b"precious")
    else:
        (ground.folder / "a-file").write_bytes(b"precious")
        target = ground.folder / "a-file" / "target"

    with pytest.raises(TargetNotUsable):
        fetch_many(ground.open(), target)

    assert b"precious" in {path.read_bytes() for path in ground.folder.rglob("*") if path.is_file()}


def test_a_new_target_is_for_its_owner_only(ground):
    ground.push()
    ground.fetch()

    assert (ground.folder / "restored").stat().st_mode & 0o777 == 0o700


def test_a_set_that_does_not_count_is_not_opened(weak_ground):
    weak_ground.push()
    weak_ground.destroy(weak_ground.object_key(b"three files"), PRIMARY)
    (view,) = weak_ground.catalog()

    with pytest.raises(UnknownSet):
        weak_ground.open(view)


def test_every_entry_gets_a_verdict(ground):
    ground.push()
    verdicts = []
    fetched = ground.fetch(each=verdicts.append)

    assert sorted(verdict.path for verdict in verdicts) == ["data", "data/a.bin", "data/b.bin", "notes.txt"]
    assert fetched.document()["outcomes"]["restored"] == 4
    assert timedelta(seconds=fetched.seconds) < timedelta(minutes=1)


def test_nothing_restored_is_not_complete(ground):
    ground.push()
    fetched = fetch_many(ground.open(), ground.folder / "restored", only=[])

    assert not fetched.is_complete


def test_directories_alone_are_not_complete(ground):
    ground.push()
    entries = ground.open()
    folders = (entry for entry in entries if entry.kind is Kind.DIRECTORY)

    assert not fetch_many(entries, ground.folder / "restored", only=folders).is_complete
