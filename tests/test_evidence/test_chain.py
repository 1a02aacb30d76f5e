"""Attacks on a folder of records by somebody who can change files; with the key, where it says so.

Time line of the usual chain: drill-1 at 02:00, drill-2 at 02:10, drill-3 at 02:20, drill-4 at 02:30.
"""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from evidence_ground import START, Ground, new_signer, record, resealed, subjects

from holdfast.evidence.chain import check_chain, heads
from holdfast.evidence.envelope import seal
from holdfast.evidence.fields import format_instant
from holdfast.evidence.record import statement_bytes
from holdfast.evidence.signed_record import open_record
from holdfast.evidence.verification import Wanted


@pytest.fixture
def chain(ground: Ground):
    """The files of four records."""
    return [ground.write(f"drill-{number}").path for number in range(1, 5)]


def signed(
    ground, record_id: str, sequence: int, previous: str | None, *, at=START, witnessed=(), key=None, **sections
):
    """A record put anywhere in the chain by somebody with the key."""
    signer = key or ground.signer
    place = {"key": signer.public_key.keyid, "sequence": sequence}
    if previous:
        place["previous"] = previous
    if witnessed:
        place["witnessed"] = list(witnessed)
    made = record(record_id, at=at, environment=sections.pop("environment", ground.environment), **sections)
    data = seal(statement_bytes(made, subjects(), format_instant(at), place), signer)
    return data, open_record(data, [*ground.trusted, *([] if key is None else _trusted(key))])


def _trusted(key):
    from holdfast.evidence.keys import TrustedKey

    return [TrustedKey(key.public_key)]


def put(ground, data: bytes, opened) -> None:
    name = opened.branch_name if ground.local.has(opened.name) else opened.name
    ground.local.write(name, data)


def test_an_untouched_chain_verifies(ground, chain) -> None:
    result = ground.verify()

    assert result.good
    assert [opened.chain.sequence for _, opened in result.records] == [1, 2, 3, 4]


def test_a_dropped_record_in_the_middle(ground, chain) -> None:
    chain[1].unlink()

    assert ground.codes() == ["chain-gap"]


def test_a_dropped_start(ground, chain) -> None:
    chain[0].unlink()

    assert ground.codes() == ["chain-start-missing"]


def test_a_dropped_end_shows_only_against_a_head_kept_elsewhere(ground, chain) -> None:
    head = next(iter(ground.verify().heads.values()))
    chain[3].unlink()

    assert ground.verify().good
    assert ground.codes(wanted=Wanted(head=head)) == ["head-missing"]


def test_a_head_that_is_followed_by_newer_records_is_still_good(ground, chain) -> None:
    head = next(iter(ground.verify().heads.values()))
    ground.write("drill-5")

    assert ground.verify(wanted=Wanted(head=head)).good


def test_a_duplicated_record(ground, chain) -> None:
    shutil.copy(chain[1], chain[1].with_name("00000005.json"))

    assert ground.codes() == ["duplicate-record", "misnamed-record"]


def test_two_records_with_exchanged_names(ground, chain) -> None:
    first, second = chain[1].read_bytes(), chain[2].read_bytes()
    chain[1].write_bytes(second)
    chain[2].write_bytes(first)

    assert ground.codes() == ["misnamed-record", "misnamed-record"]


def test_rollback_of_a_record_to_an_older_one(ground, chain) -> None:
    """At 02:40 the failed drill-4 is replaced by the signed report of drill-1."""
    chain[3].write_bytes(chain[0].read_bytes())

    assert ground.codes() == ["duplicate-record", "misnamed-record"]


def test_a_record_of_another_environment_under_the_same_key(ground, chain, tmp_path) -> None:
    other = Ground(ground.home, ground.clock, environment="staging", signer=ground.signer)
    stolen = other.write("drill-9").path.read_bytes()
    chain[0].write_bytes(stolen)

    assert ground.codes() == ["chain-gap", "mixed-environments"]


def test_a_second_history_made_with_the_key_is_named_with_both_branches(ground, chain) -> None:
    """Somebody with the key makes drill-3 pass after all and keeps both."""
    second = open_record(chain[1].read_bytes(), ground.trusted)
    put(ground, *signed(ground, "drill-3b", 3, second.digest, at=START + timedelta(minutes=20)))

    findings = ground.verify().findings

    assert [finding.code for finding in findings] == ["chain-forked"]
    assert "number 2" in findings[0].message


def test_two_first_records_of_one_key_are_a_fork(ground, chain) -> None:
    put(ground, *signed(ground, "drill-1b", 1, None))

    assert ground.codes() == ["chain-forked"]


def test_a_fork_the_next_record_knows_of_is_settled(ground, chain) -> None:
    second = open_record(chain[1].read_bytes(), ground.trusted)
    put(ground, *signed(ground, "drill-3b", 3, second.digest, at=START + timedelta(minutes=20)))

    written = ground.write("drill-5")

    assert ground.verify().good
    assert len(open_record(written.path.read_bytes(), ground.trusted).chain.witnessed) == 1


def test_a_settled_branch_cannot_be_removed_any_more(ground, chain) -> None:
    second = open_record(chain[1].read_bytes(), ground.trusted)
    data, branch = signed(ground, "drill-3b", 3, second.digest, at=START + timedelta(minutes=20))
    put(ground, data, branch)
    ground.write("drill-5")
    ground.local.path(branch.branch_name).unlink()

    assert ground.codes() == ["witness-missing"]


def test_numbers_that_do_not_follow_the_links(ground, chain) -> None:
    last = open_record(chain[3].read_bytes(), ground.trusted)
    put(ground, *signed(ground, "drill-7", 7, last.digest, at=START + timedelta(minutes=40)))

    assert ground.codes() == ["sequence-broken"]


def test_a_link_into_the_chain_of_another_key(ground, chain) -> None:
    mallory = new_signer()
    last = open_record(chain[3].read_bytes(), ground.trusted)
    data, opened = signed(ground, "drill-5", 5, last.digest, at=START + timedelta(minutes=40), key=mallory)
    put(ground, data, opened)

    assert ground.codes(keys=[*ground.trusted, *_trusted(mallory)]) == ["sequence-broken"]
    assert ground.codes(keys=ground.trusted) == ["unknown-signer"]


def test_one_record_id_for_two_different_records(ground, chain) -> None:
    """The failed drill-4 is recorded once more, passed this time."""
    last = open_record(chain[3].read_bytes(), ground.trusted)
    put(ground, *signed(ground, "drill-4", 5, last.digest, at=START + timedelta(minutes=40)))

    assert ground.codes() == ["record-id-reused"]


def test_a_record_dated_before_its_predecessor(ground, chain) -> None:
    last = open_record(chain[3].read_bytes(), ground.trusted)
    tolerated = last.entry.recorded_at - timedelta(minutes=5)
    put(ground, *signed(ground, "drill-5", 5, last.digest, at=tolerated))
    assert ground.verify().good

    ground.local.path(f"{last.folder}/00000005.json").unlink()
    put(ground, *signed(ground, "drill-5", 5, last.digest, at=tolerated - timedelta(milliseconds=1)))
    assert ground.codes() == ["recorded-before-previous"]


def test_a_record_from_the_future(ground, chain) -> None:
    last = open_record(chain[3].read_bytes(), ground.trusted)
    tolerated = ground.clock.now() + timedelta(minutes=5)
    put(ground, *signed(ground, "drill-5", 5, last.digest, at=tolerated))
    assert ground.verify().good

    ground.clock.jump(-timedelta(milliseconds=1))
    assert ground.codes() == ["recorded-in-future"]


def test_a_record_signed_before_its_drill_ended(ground, chain) -> None:
    last = open_record(chain[3].read_bytes(), ground.trusted)
    data = resealed(
        chain[3].read_bytes(),
        ground.signer,
        lambda doc: doc["predicate"]["timeline"].update(ended_at="2026-11-22T02:30:00.001Z"),
    )
    ground.local.write(last.name, data)

    assert ground.codes() == ["signed-before-end"]


def test_a_record_in_the_chain_of_a_key_that_did_not_sign_it(ground, chain) -> None:
    data = resealed(chain[3].read_bytes(), ground.signer, lambda doc: doc["predicate"]["chain"].update(key="0" * 64))
    chain[3].write_bytes(data)

    assert ground.codes() == ["chain-key-mismatch"]


def test_a_record_that_passed_without_a_check_is_refused_although_it_is_signed(ground, chain) -> None:
    data = resealed(chain[3].read_bytes(), ground.signer, lambda doc: doc["predicate"].update(checks=[]))
    chain[3].write_bytes(data)

    assert ground.codes() == ["unsupported-claim"]


def test_exchanged_subject_digests(ground, chain) -> None:
    """Without the key the signature breaks; with it, the files differ from what is recorded."""
    data = chain[3].read_bytes()
    chain[3].write_bytes(resealed(data, new_signer(), lambda doc: doc["subject"][0]["digest"].update(sha256="0" * 64)))

    assert ground.codes() == ["unknown-signer"]


def test_a_new_key_continues_after_the_old_one_and_keeps_it_in_sight(ground, chain) -> None:
    """The key is rotated at 02:40; then the end of the old chain is cut off."""
    rotated = Ground(ground.home, ground.clock, signer=new_signer())
    rotated.write("drill-5")
    assert ground.verify().good
    assert len(ground.verify().heads) == 2

    chain[3].unlink()
    assert ground.codes() == ["witness-missing"]


def test_two_keys_by_turns_each_continue_their_own_chain(ground) -> None:
    other = Ground(ground.home, ground.clock, signer=new_signer())
    for number, who in enumerate((ground, other, ground, other, ground)):
        who.write(f"drill-{number}")

    result = ground.verify()

    assert result.good
    assert sorted(opened.chain.sequence for _, opened in result.records) == [1, 1, 2, 2, 3]


def test_nothing_is_the_chain_of_nothing() -> None:
    assert list(check_chain([])) == []
    assert heads([]) == []


def test_a_long_chain_is_checked_quickly_and_without_recursion(ground) -> None:
    made, previous = [], None
    for number in range(1, 1201):
        _, opened = signed(ground, f"drill-{number}", number, previous, at=START + timedelta(minutes=number))
        made.append((opened.name, opened))
        previous = opened.digest

    assert list(check_chain(made)) == []
    assert len(list(check_chain(made[1:]))) == 1
