"""Records under a real Object Lock and a real KMS signature, on a local AWS."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from evidence_ground import START, Ground, new_signer, record, subjects
from local_aws import PRIMARY, make_environment

from holdfast.aws.errors import BucketMissing, KeyUnusable
from holdfast.cli.main import run
from holdfast.clock import SystemClock
from holdfast.environments.loading import load_environment
from holdfast.environments.names import Names
from holdfast.evidence.errors import EvidenceNotHeld, NothingToVerify, StoreNameTaken
from holdfast.evidence.interface import Location, NotStored
from holdfast.evidence.kms_signer import KmsSigner
from holdfast.evidence.locked_store import PREFIX, LockedStore
from holdfast.evidence.of_environment import locked_store_of, signer_of
from holdfast.evidence.store_comparison import compare
from holdfast.evidence.verification import Trust
from holdfast.evidence.writing import write_record

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).parents[2]
NAME = "0123456789abcdef/00000001.json"


class Place:
    """An environment's evidence bucket, signing key and local folder."""

    def __init__(self, local_aws, home) -> None:
        self.environment = make_environment()
        self.sessions = local_aws.sessions(self.environment)
        self.names = Names(self.environment)
        self.bucket = self.names.evidence_bucket
        self.s3 = self.sessions.client("s3", PRIMARY)
        self.kms = self.sessions.client("kms", PRIMARY)
        self.s3.create_bucket(Bucket=self.bucket, ObjectLockEnabledForBucket=True)
        key = self.kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        self.kms.create_alias(AliasName=f"alias/{self.bucket}", TargetKeyId=key)
        self.ground = Ground(home, signer=KmsSigner(self.kms, f"alias/{self.bucket}"))
        self.store = LockedStore(self.s3, self.bucket, retention=timedelta(days=2), clock=self.ground.clock)

    def compare(self, **how):
        return compare(self.ground.folder, self.store, clock=self.ground.clock, **how)

    def codes(self, **how) -> list[str]:
        return sorted(finding.code for finding in self.compare(**how).findings)

    def record_key(self, number: int = 1) -> str:
        return f"{PREFIX}{self.ground.signer.public_key.keyid[:16]}/{number:08d}.json"


@pytest.fixture
def place(local_aws, tmp_path) -> Place:
    return Place(local_aws, tmp_path / "home")


def test_a_record_is_signed_by_kms_and_locked_and_read_back(place) -> None:
    written = place.ground.write(locked=place.store)

    assert isinstance(written.store, Location)
    head = place.s3.head_object(
        Bucket=place.bucket, Key=written.store.key, VersionId=written.store.version_id, ChecksumMode="ENABLED"
    )
    assert head["ObjectLockMode"] == written.store.mode == "COMPLIANCE"
    assert head["ObjectLockRetainUntilDate"] == written.store.retain_until == START + timedelta(days=2, hours=1)
    assert head["ChecksumSHA256"] == written.store.checksum_sha256
    body = place.s3.get_object(Bucket=place.bucket, Key=written.store.key)["Body"].read()
    assert body == written.path.read_bytes()
    assert place.ground.verify().good
    assert place.compare().good


def test_the_whole_environment_is_found_from_its_names(place) -> None:
    place.kms.create_alias(
        AliasName=place.names.signing_key_alias,
        TargetKeyId=place.kms.describe_key(KeyId=f"alias/{place.bucket}")["KeyMetadata"]["KeyId"],
    )
    key = place.kms.create_key()["KeyMetadata"]["KeyId"]
    place.kms.create_alias(AliasName=place.names.key_alias, TargetKeyId=key)
    ground = Ground(place.ground.home, signer=signer_of(place.sessions))

    written = ground.write(locked=locked_store_of(place.sessions, ground.clock))

    assert isinstance(written.store, Location)
    assert written.store.bucket == place.bucket
    assert written.store.retain_until == START + place.environment.evidence.retention + timedelta(hours=1)


def test_the_locked_version_cannot_be_deleted(place) -> None:
    store = place.ground.write(locked=place.store).store

    with pytest.raises(place.s3.exceptions.ClientError, match="AccessDenied"):
        place.s3.delete_object(
            Bucket=store.bucket, Key=store.key, VersionId=store.version_id, BypassGovernanceRetention=True
        )


def test_storing_the_same_again_changes_nothing(place) -> None:
    first = place.store.add(NAME, b"{}")

    assert place.store.add(NAME, b"{}") == first
    assert len(list(place.store.versions())) == 1


def test_a_name_is_given_once(place) -> None:
    place.store.add(NAME, b"{}")

    with pytest.raises(StoreNameTaken, match="0123456789abcdef"):
        place.store.add(NAME, b"[]")
    assert place.store.read(NAME) == b"{}"


def test_a_bucket_without_a_lock_takes_no_evidence_for_locked(place) -> None:
    """The record stays here, and what is said is that it is not stored."""
    bucket = f"{place.bucket}-open"
    place.s3.create_bucket(Bucket=bucket)
    store = LockedStore(place.s3, bucket, retention=timedelta(days=2), clock=place.ground.clock)

    written = place.ground.write(locked=store)

    assert isinstance(written.store, NotStored)
    assert written.path.exists()


def test_the_same_bytes_without_a_lock_do_not_count_as_stored(place) -> None:
    place.s3.put_object(Bucket=place.bucket, Key=PREFIX + NAME, Body=b"{}")

    with pytest.raises(EvidenceNotHeld, match="lock mode none"):
        place.store.add(NAME, b"{}")


def test_a_weaker_lock_that_was_there_before_does_not_count_as_stored(place) -> None:
    governance = LockedStore(
        place.s3, place.bucket, retention=timedelta(days=2), clock=place.ground.clock, mode="GOVERNANCE"
    )
    governance.add(NAME, b"{}")

    with pytest.raises(EvidenceNotHeld, match="GOVERNANCE"):
        place.store.add(NAME, b"{}")


def test_a_bucket_or_a_key_that_is_not_there_is_one_clear_error(place) -> None:
    store = LockedStore(place.s3, f"{place.bucket}-none", retention=timedelta(days=2), clock=place.ground.clock)

    with pytest.raises(BucketMissing):
        store.names()
    assert isinstance(place.ground.write(locked=store).store, NotStored)
    with pytest.raises(KeyUnusable):
        _ = KmsSigner(place.kms, "alias/none").public_key


def test_two_machines_with_one_kms_key_make_one_chain(place, tmp_path) -> None:
    other = Ground(tmp_path / "other", place.ground.clock, signer=place.ground.signer)
    place.ground.write("drill-1", locked=place.store)
    other.write("drill-2", locked=place.store)

    assert place.ground.write("drill-3", locked=place.store).sequence == 3
    assert place.compare().good


def test_a_record_cut_off_here_shows_against_the_bucket(place) -> None:
    place.ground.write("drill-1", locked=place.store)
    place.ground.write("drill-2", locked=place.store).path.unlink()

    assert place.ground.verify().good
    assert place.codes() == ["missing-locally"]


def test_a_record_that_was_never_stored_shows_against_the_bucket(place) -> None:
    place.ground.write("drill-1", locked=place.store)
    place.ground.write("drill-2")

    assert place.codes() == ["missing-in-store"]


def test_an_empty_folder_is_compared_by_the_keys_in_the_bucket_or_those_passed(place, tmp_path) -> None:
    place.ground.write("drill-1", locked=place.store)
    empty = tmp_path / "empty"

    beside = compare(empty, place.store, clock=place.ground.clock)
    passed = compare(empty, place.store, keys=place.ground.trusted, clock=place.ground.clock)

    assert [finding.code for finding in beside.findings] == ["missing-locally"]
    assert (beside.trust, passed.trust) == (Trust.SAME_FOLDER, Trust.PASSED)
    assert not beside.good


def test_nothing_on_either_side_is_not_good(place) -> None:
    with pytest.raises(NothingToVerify):
        place.compare()


def test_a_deleted_record_is_found_under_its_delete_marker(place) -> None:
    place.ground.write("drill-1", locked=place.store)
    place.s3.delete_object(Bucket=place.bucket, Key=place.record_key())

    assert place.codes() == ["hidden-in-store"]


def test_a_record_laid_over_another_one_does_not_replace_it(place) -> None:
    """A delete marker lets `If-None-Match` through, so the first version is the record, whatever comes later."""
    place.ground.write("drill-1", locked=place.store)
    place.s3.put_object(Bucket=place.bucket, Key=place.record_key(), Body=b"nothing happened")

    result = place.compare()

    assert [finding.code for finding in result.findings] == ["overwritten-in-store"]
    assert len(result.records) == 1


def test_an_object_without_a_lock_in_the_bucket_is_a_finding(place) -> None:
    written = place.ground.write("drill-1")
    for name in place.ground.local.names():
        body = place.ground.local.read(name)
        place.s3.put_object(Bucket=place.bucket, Key=PREFIX + name, Body=body)

    assert place.codes() == ["not-locked-in-store", "not-locked-in-store"]
    assert written.sequence == 1


def test_a_lock_that_ended_is_a_finding(place) -> None:
    place.ground.write("drill-1", locked=place.store)
    place.ground.clock.advance(timedelta(days=3))

    assert set(place.codes()) == {"not-locked-in-store"}


def test_what_does_not_verify_in_the_bucket_is_named_with_its_url(place) -> None:
    place.ground.write("drill-1", locked=place.store)
    forged = Ground(place.ground.home / "mallory", signer=new_signer()).write("drill-9").path
    place.store.add(f"{forged.parent.name}/{forged.name}", forged.read_bytes())

    finding = place.compare(keys=place.ground.trusted).findings[0]

    assert finding.code == "unknown-signer"
    assert finding.where.startswith(f"s3://{place.bucket}/records/{forged.parent.name}/")


def test_the_command_compares_an_environment_with_its_bucket(local_aws, tmp_path, monkeypatch, capsys) -> None:
    """The sandbox's own environment file; cut off the newest record, and the command says so."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOLDFAST_HOME", str(home))
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(ROOT / "environments"))
    monkeypatch.setattr("holdfast.evidence.store_comparison.endpoints_for", lambda *_: local_aws.endpoints)
    environment = load_environment("sandbox", ROOT / "environments").environment
    sessions = local_aws.sessions(environment)
    ground = Ground(home)
    ground.clock = SystemClock()
    s3 = sessions.client("s3", environment.regions.primary)
    bucket = Names(environment).evidence_bucket
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    store = LockedStore(s3, bucket, retention=timedelta(days=2), clock=ground.clock)
    how = {"signer": ground.signer, "local": ground.local, "locked": store, "clock": ground.clock}
    write_record(record("drill-1"), subjects(), **how)
    newest = write_record(record("drill-2"), subjects(), **how)

    assert run(["evidence", "verify", "sandbox", "--store"]) == 0
    newest.path.unlink()
    assert run(["evidence", "verify", "sandbox", "--store"]) == 2
    assert "[missing-locally]" in capsys.readouterr().err


def test_the_verification_reads_as_json(place) -> None:
    place.ground.write("drill-1", locked=place.store)

    assert json.loads(json.dumps(place.compare().document()))["verdict"] == "verified"
