"""What lies in a folder: files that are none, keys from the same place, subjects beside."""

from __future__ import annotations

import os
import shutil

import pytest
from evidence_ground import PLAN, Ground, new_signer, payload_of

from holdfast.evidence.errors import (
    EvidencePathMissing,
    NoDigest,
    NothingToVerify,
    NoTrustedKey,
    UnknownEvidenceName,
)
from holdfast.evidence.files import MAX_BYTES
from holdfast.evidence.keys import TrustedKey
from holdfast.evidence.local_store import evidence_folder
from holdfast.evidence.verification import Scope, Trust, Wanted, records_of


@pytest.fixture
def path(ground):
    ground.write("drill-1")
    return ground.write("drill-2").path


def test_the_key_that_was_passed_is_told_from_one_in_the_same_folder(ground, path) -> None:
    assert ground.verify().trust is Trust.SAME_FOLDER
    assert ground.verify(keys=ground.trusted).trust is Trust.PASSED


def test_a_forger_s_key_in_the_folder_makes_nothing_true_for_who_brings_a_key(ground, path) -> None:
    """Mallory makes a whole folder, keys included: it is consistent, and says where its keys came from."""
    mallory = Ground(ground.home / "mallory", ground.clock, signer=new_signer())
    mallory.write("drill-1")

    assert mallory.verify().good
    assert mallory.verify().trust is Trust.SAME_FOLDER
    assert mallory.codes(keys=ground.trusted) == ["unknown-signer"]


def test_a_single_file_verifies_alone_and_finds_the_keys_beside_its_chain(ground, path) -> None:
    assert ground.verify(path).good
    assert ground.verify(path.parent).good


def test_a_file_taken_elsewhere_needs_a_key(ground, path, tmp_path) -> None:
    copy = shutil.copy(path, tmp_path / "seen by the auditor.json")

    with pytest.raises(NoTrustedKey):
        ground.verify(copy)
    assert ground.verify(copy, keys=ground.trusted).good


def test_nothing_verified_is_not_good(ground, tmp_path) -> None:
    with pytest.raises(NothingToVerify) as caught:
        ground.verify(tmp_path)
    assert caught.value.exit_code == 3
    with pytest.raises(EvidencePathMissing):
        ground.verify(tmp_path / "none")
    assert not records_of(tmp_path, "sandbox", clock=ground.clock).good


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda path: path.write_bytes(b""), "empty-record"),
        (lambda path: path.write_bytes(path.read_bytes()[:-100]), "not-json"),
        (lambda path: path.write_bytes(b" " * (MAX_BYTES + 1)), "record-too-large"),
        (lambda path: path.write_bytes(b"1" * MAX_BYTES), "number-out-of-range"),
        (lambda path: path.write_bytes(b"[" * MAX_BYTES), "nesting-too-deep"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n"), "not-utf8"),
        (lambda path: path.write_bytes(b"{}"), "not-an-envelope"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "not-regular-file"),
        (
            lambda path: (path.rename(path.with_suffix(".real")), path.symlink_to("00000002.real")),
            "symbolic-link-refused",
        ),
        (lambda path: (path.unlink(), path.symlink_to("nowhere")), "symbolic-link-refused"),
    ],
)
def test_a_file_that_is_no_record_is_a_finding_of_its_own_kind(ground, path, damage, code: str) -> None:
    damage(path)

    assert ground.codes() == [code]
    assert ground.codes(path) == [code]


def test_one_bad_file_does_not_hide_the_others(ground, path) -> None:
    path.with_name("00000001.json").write_bytes(b"")

    result = ground.verify()

    assert [finding.code for finding in result.findings] == ["empty-record", "chain-start-missing"]
    assert len(result.records) == 1


@pytest.mark.parametrize("name", ["notes.json", ".00000009.json", "deep/er/00000001.json", "00000009.JSON"])
def test_a_json_file_anywhere_in_the_folder_is_not_overlooked(ground, path, name: str) -> None:
    stray = ground.folder / name
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_text("{}")

    assert ground.codes() == ["not-an-envelope"]


def test_a_folder_where_the_newest_record_should_be_is_not_taken_for_none(ground, path) -> None:
    """Under its name nothing else is missing: no record comes after it."""
    newest = max(path.parent.glob("*.json"))
    newest.unlink()
    newest.mkdir()

    assert ground.codes() == ["not-regular-file"]


def test_a_linked_folder_of_records_is_not_followed(ground, path, tmp_path) -> None:
    path.parent.rename(tmp_path / "elsewhere")
    path.parent.symlink_to(tmp_path / "elsewhere")

    assert ground.codes() == ["symbolic-link-refused"]


def test_a_whole_folder_of_another_environment_is_refused_where_the_environment_is_known(ground, path) -> None:
    """Staging's good evidence, copied to where prod's should be."""
    shutil.copytree(ground.folder, ground.home / "evidence" / "prod")

    assert ground.verify(ground.home / "evidence" / "prod").good
    found = records_of(ground.home, "prod", clock=ground.clock)
    assert {finding.code for finding in found.findings} == {"mixed-environments"}


def test_one_record_alone_is_told_from_a_chain(ground, path) -> None:
    assert ground.verify(path).scope is Scope.RECORD
    assert ground.verify().scope is Scope.CHAIN


@pytest.mark.parametrize(
    "damage",
    [
        lambda key: key.write_bytes(key.read_bytes() + b"\n"),
        lambda key: key.write_bytes(b""),
        lambda key: key.rename(key.with_name("other.pem")),
        lambda key: (key.rename(key.parent.parent / "key"), key.symlink_to("../key")),
        lambda key: (key.parent / "more.pem").write_text("-----BEGIN PUBLIC KEY-----"),
    ],
)
def test_a_changed_key_in_the_folder_is_a_finding(ground, path, damage) -> None:
    damage(ground.folder / "keys" / f"{ground.signer.public_key.keyid}.pem")

    codes = set(ground.codes())

    assert codes & {"key-file-damaged", "empty-record", "symbolic-link-refused"}


def test_every_flipped_bit_of_a_key_in_the_folder_is_a_finding(ground, path) -> None:
    key = ground.folder / "keys" / f"{ground.signer.public_key.keyid}.pem"
    pem = key.read_bytes()
    for position in range(len(pem) * 8):
        flipped = bytearray(pem)
        flipped[position // 8] ^= 1 << position % 8
        key.write_bytes(flipped)
        assert not ground.verify(path).good


def test_a_private_key_is_never_looked_for_beside_records(ground, path) -> None:
    """home/keys holds the private key; it is no `keys` folder of records, whatever folder is verified."""
    (ground.folder / "keys" / f"{ground.signer.public_key.keyid}.pem").unlink()
    (ground.folder / "keys").rmdir()

    with pytest.raises(NoTrustedKey):
        ground.verify(ground.home / "evidence")


def test_subjects_that_are_there_and_right(ground, path, tmp_path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "primary.json").write_bytes(PLAN)

    assert ground.verify(path, wanted=Wanted(subjects=tmp_path)).good


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda _plan: None, "subject-missing"),
        (lambda plan: plan.write_bytes(PLAN + b" "), "subject-mismatch"),
        (lambda plan: plan.write_bytes(b""), "subject-mismatch"),
        (lambda plan: plan.mkdir(), "subject-not-file"),
        (lambda plan: (plan.with_name("real").write_bytes(PLAN), plan.symlink_to("real")), "subject-not-file"),
    ],
)
def test_subjects_that_are_not_what_was_recorded(ground, path, tmp_path, make, code: str) -> None:
    (tmp_path / "plans").mkdir()
    make(tmp_path / "plans" / "primary.json")

    assert ground.codes(path, wanted=Wanted(subjects=tmp_path)) == [code]


def test_a_linked_folder_of_subjects_is_not_followed(ground, path, tmp_path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "primary.json").write_bytes(PLAN)
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "plans").symlink_to(tmp_path / "elsewhere")

    assert ground.codes(path, wanted=Wanted(subjects=tmp_path / "pack")) == ["subject-not-file"]


@pytest.mark.parametrize("head", ["", "abc", "g" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_head_that_is_no_digest_is_one_clear_error(head: str) -> None:
    with pytest.raises(NoDigest):
        Wanted.of(head, None)


@pytest.mark.parametrize("name", ["..", "../prod", "a/b", "", "Prod", "prod\n", "a" * 80])
def test_an_environment_s_name_cannot_lead_elsewhere(tmp_path, name: str) -> None:
    with pytest.raises(UnknownEvidenceName):
        evidence_folder(tmp_path, name)


def test_the_document_of_a_verification_names_records_findings_and_heads(ground, path) -> None:
    path.with_name("notes.json").write_text("{}")

    document = ground.verify().document()

    assert document["verdict"] == "refused"
    assert document["trust"] == "same-folder"
    assert [each["record_id"] for each in document["records"]] == ["drill-1", "drill-2"]
    assert document["findings"][0]["code"] == "not-an-envelope"
    assert list(document["heads"].values()) == [document["records"][-1]["digest"]]
    assert payload_of(path.read_bytes())["predicate"]["chain"]["previous"] == document["records"][0]["digest"]


def test_a_key_with_a_validity_counts_for_a_folder_as_well(ground, path) -> None:
    late = [TrustedKey(ground.signer.public_key, valid_from=ground.clock.now())]

    assert ground.codes(keys=late) == ["key-not-yet-valid", "key-not-yet-valid"]
