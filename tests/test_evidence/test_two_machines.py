"""One chain through a locked bucket, written to from several machines and through outages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from evidence_ground import Ground, MemoryStore, new_signer

from holdfast.evidence.interface import Location, NotStored
from holdfast.evidence.sync import push_missing
from holdfast.evidence.writing import find_written


@pytest.fixture
def other(ground, tmp_path):
    """A second machine that signs with the same key, as machines that use KMS do."""
    return Ground(tmp_path / "other", ground.clock, signer=ground.signer)


def contents(ground: Ground) -> dict[str, bytes]:
    return {name: ground.local.read(name) for name in ground.local.names()}


def records(store: MemoryStore) -> list[str]:
    return sorted(name.rpartition("/")[2] for name in store.objects if name.endswith(".json"))


def test_a_record_is_stored_with_its_key_and_says_where(ground, bucket) -> None:
    written = ground.write(locked=bucket)

    assert isinstance(written.store, Location)
    assert written.store.url.startswith("s3://memory/")
    assert bucket.objects == contents(ground)


def test_each_machine_continues_where_the_other_one_was(ground, other, bucket) -> None:
    for number, who in enumerate((ground, other, other, ground, other)):
        who.write(f"drill-{number}", locked=bucket)

    assert records(bucket) == [f"0000000{number}.json" for number in range(1, 6)]
    assert other.verify().good
    assert contents(other) == bucket.objects


def test_an_outage_is_said_and_the_next_record_takes_along_what_is_missing(ground, bucket) -> None:
    bucket.unreachable = True
    first = ground.write("drill-1", locked=bucket)
    assert isinstance(first.store, NotStored)
    assert "timed out" in first.store.reason
    assert ground.verify().good

    bucket.unreachable = False
    second = ground.write("drill-2", locked=bucket)

    assert isinstance(second.store, Location)
    assert bucket.objects == contents(ground)


def test_pushing_again_changes_nothing(ground, bucket) -> None:
    ground.write("drill-1")
    ground.write("drill-2")

    first = push_missing(ground.local, bucket)
    again = push_missing(ground.local, bucket)

    assert len(first.pushed) == 3
    assert (again.pushed, again.pulled, again.problems) == ({}, [], {})
    assert bucket.objects == contents(ground)


def test_of_a_long_chain_only_the_newest_record_is_read(ground, bucket) -> None:
    for number in range(8):
        ground.write(f"drill-{number}", locked=bucket)
    bucket.reads.clear()

    push_missing(ground.local, bucket)

    assert [name.rpartition("/")[2] for name in bucket.reads] == ["00000008.json"]


@pytest.mark.parametrize("kept", range(5))
def test_killed_while_it_fetches_what_lies_here_is_whole_and_the_rest_is_fetched_later(
    ground, other, bucket, kept, monkeypatch
) -> None:
    for number in range(5):
        ground.write(f"drill-{number}", locked=bucket)
    write, left = other.local.write, iter(range(kept + 1))  # the key, and as many records

    def killed(name, data):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return write(name, data)

    monkeypatch.setattr(type(other.local), "write", lambda _, name, data: killed(name, data))
    with pytest.raises(KeyboardInterrupt):
        push_missing(other.local, bucket)
    monkeypatch.undo()

    assert [name.rpartition("/")[2] for name in other.local.names() if name.endswith(".json")] == [
        f"0000000{number}.json" for number in range(1, kept + 1)
    ]
    assert not kept or other.verify().good
    push_missing(other.local, bucket)
    assert contents(other) == bucket.objects


def test_who_is_a_moment_too_late_takes_the_next_number(ground, other, bucket) -> None:
    ground.write("drill-1", locked=bucket)
    bucket.before_add = [lambda: other.write("drill-2", locked=bucket)]

    late = ground.write("drill-3", locked=bucket)

    assert late.sequence == 3
    assert ground.verify().good
    assert records(bucket) == ["00000001.json", "00000002.json", "00000003.json"]


def test_who_is_always_too_late_still_leaves_evidence(ground, other, bucket) -> None:
    def quicker(number: int):
        return lambda: other.write(f"other-{number}", locked=bucket)

    ground.write("drill-1", locked=bucket)
    bucket.before_add = [step for number in range(5) for step in (quicker(number), lambda: None)]

    late = ground.write("drill-2", locked=bucket)

    assert isinstance(late.store, Location)
    assert ground.write("drill-3", locked=bucket).sequence > late.sequence
    assert ground.verify().good


def test_two_machines_apart_make_a_fork_that_is_named_and_then_settled(ground, other, bucket) -> None:
    """drill-1 by both; the bucket is out of reach at 02:10 and both go on; it is back at 02:30."""
    ground.write("drill-1", locked=bucket)
    push_missing(other.local, bucket, also=[other.signer.public_key])
    ground.write("drill-2a")
    other.write("drill-2b")

    push_missing(ground.local, bucket)
    push_missing(other.local, bucket)
    push_missing(ground.local, bucket)

    assert ground.codes() == other.codes() == ["chain-forked"]
    assert sorted(bucket.objects.values()) == sorted(contents(other).values()) == sorted(contents(ground).values())
    assert len(records(bucket)) == 3

    other.write("drill-3", locked=bucket)
    push_missing(ground.local, bucket)

    assert ground.verify().good
    assert other.verify().good
    for who in (ground, other, ground):
        again = push_missing(who.local, bucket)
        assert (again.pushed, again.pulled) == ({}, [])
    assert len(set(bucket.objects.values())) == len(bucket.objects)


def test_forks_of_several_records_are_kept_whole(ground, other, bucket) -> None:
    ground.write("drill-1", locked=bucket)
    push_missing(other.local, bucket, also=[other.signer.public_key])
    for number in range(3):
        ground.write(f"a-{number}")
    for number in range(2):
        other.write(f"b-{number}")

    push_missing(other.local, bucket)
    settled = ground.write("drill-9", locked=bucket)

    assert ground.verify().good
    assert len(ground.verify().records) == 7
    assert settled.sequence == 5
    assert len(records(bucket)) == 7


def test_garbage_under_the_next_number_does_not_stop_evidence(ground, bucket) -> None:
    """Somebody who may write to the bucket, but has no key, takes the next name."""
    first = ground.write("drill-1", locked=bucket)
    bucket.objects[f"{first.path.parent.name}/00000002.json"] = b"garbage"

    second = ground.write("drill-2", locked=bucket)

    assert isinstance(second.store, Location)
    assert second.sequence == 2
    assert second.path.name != "00000002.json"
    assert f"{first.path.parent.name}/00000002.json" not in bucket.tried
    assert list(second.warnings) == [f"{first.path.parent.name}/00000002.json"]
    assert ground.verify().good


def test_what_does_not_verify_is_neither_fetched_nor_stored(ground, other, bucket) -> None:
    mallory = Ground(ground.home / "mallory", ground.clock, signer=new_signer())
    foreign = mallory.write("drill-0").path
    bucket.objects[f"{foreign.parent.name}/{foreign.name}"] = foreign.read_bytes()
    damaged = ground.write("drill-1").path
    damaged.write_bytes(damaged.read_bytes().replace(b"payload", b"Payload", 1))

    synced = push_missing(ground.local, bucket)

    assert len(synced.problems) == 2
    assert synced.pulled == []
    assert records(bucket) == ["00000001.json"]


def test_a_key_in_the_bucket_under_another_s_name_is_not_fetched(ground, bucket) -> None:
    bucket.objects["keys/" + "0" * 64 + ".pem"] = new_signer().public_key.pem
    bucket.objects["keys/" + "1" * 64 + ".pem"] = b"no key"

    ground.write(locked=bucket)

    assert [path.stem for path in (ground.folder / "keys").iterdir()] == [ground.signer.public_key.keyid]


def test_a_writer_killed_after_storing_is_found_again_from_another_machine(ground, other, bucket) -> None:
    """The record is in the bucket; the machine that made it is gone before it was named there."""
    written = ground.write("drill-1", locked=bucket)

    found = find_written("drill-1", signer=other.signer, local=other.local, locked=bucket, clock=other.clock)

    assert found is not None
    assert found.digest == written.digest
    assert other.local.read(other.local.names()[0]) == written.path.read_bytes()


def test_a_chain_of_an_earlier_key_moves_to_a_new_bucket(ground, bucket) -> None:
    """A sandbox starts with a new bucket and a new KMS key each time; the folder stays."""
    ground.write("drill-1", locked=MemoryStore())
    again = Ground(ground.home, ground.clock, signer=new_signer())

    again.write("drill-2", locked=bucket)

    assert again.verify().good
    assert bucket.objects == contents(again)


def test_an_old_clock_is_not_hidden_by_the_bucket(ground, other, bucket) -> None:
    ground.write("drill-1", locked=bucket)
    ground.clock.advance(timedelta(minutes=1))
    other.write("drill-2", locked=bucket)

    assert other.verify().good
