"""Recovery points of AWS Backup, restored in a sandbox: what comes back is read and compared."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY, RECOVERY
from backup_ground import Protected, backup_environment

from holdfast.clock import SystemClock
from holdfast.drills.checks import Outcome
from holdfast.drills.engine import run
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox

OBJECTS = {"a/one.txt": b"one", "a/two.bin": b"\x00\x02" * 5000, "b/empty": b"", "ü ber.txt": b"three"}
ITEMS = [
    {"id": {"S": "1"}, "total": {"N": "10"}, "tags": {"SS": ["x", "y"]}},
    {"id": {"S": "2"}, "raw": {"B": b"\x00\xff"}, "deep": {"M": {"l": {"L": [{"BOOL": True}, {"NULL": True}]}}}},
    {"id": {"S": "3"}, "total": {"N": "30"}},
]


@pytest.fixture
def protected(emulator, tmp_path):
    """An environment of its own that AWS Backup protects; all faults are off before and after."""
    ground = Protected(backup_environment(), emulator, tmp_path).apply().protect()
    yield ground
    ground.fault()


def by_id(result):
    return {check.id: check for check in result.checks}


def test_a_bucket_comes_back_from_the_copy_in_the_recovery_region(protected):
    protected.make_bucket(OBJECTS)
    jobs = protected.back_up()
    protected.take_baseline()

    result = run(protected.spec(), protected.surroundings)

    assert [(each.what, each.state) for each in jobs] == [("backup", "COMPLETED"), ("copy", "COMPLETED")]
    assert result.verdict is Verdict.PASSED, result.reasons
    assert by_id(result)["members"].observed == str(len(OBJECTS))
    assert result.selection.point.region == RECOVERY
    assert result.rpo.met
    assert result.rto.met
    assert protected.made_by_drills() == []
    (job,) = protected.restore_jobs()
    assert (job["Status"], job["ValidationStatus"]) == ("COMPLETED", "SUCCESSFUL")
    assert result.drill_id in job["ValidationStatusMessage"]


def test_a_table_comes_back_item_by_item(protected):
    protected.make_table(ITEMS)
    protected.back_up()
    protected.take_baseline("orders")

    result = run(protected.spec("orders"), protected.surroundings)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert by_id(result)["members"].observed == "3"
    assert protected.made_by_drills() == []


def test_what_was_overwritten_since_the_backup_is_restored_as_it_was(protected):
    """In `corruption` the primary vault is restored from, and the newest state of the source is not compared."""
    bucket = protected.make_bucket(OBJECTS)
    protected.back_up()
    s3 = protected.client("s3", PRIMARY)
    s3.put_object(Bucket=bucket, Key="a/one.txt", Body=b"corrupted")
    s3.delete_object(Bucket=bucket, Key="a/two.bin")
    s3.put_object(Bucket=bucket, Key="later", Body=b"later")
    protected.take_baseline()

    result = run(protected.spec(scenario="corruption"), protected.surroundings)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.selection.point.region == PRIMARY
    assert protected.made_by_drills(PRIMARY) == []
    assert s3.get_object(Bucket=bucket, Key="a/one.txt")["Body"].read() == b"corrupted"


def test_of_a_volume_nobody_reads_the_content_so_nothing_is_shown(protected):
    ec2 = protected.client("ec2", PRIMARY)
    pairs = [{"Key": key, "Value": value} for key, value in protected.dataset("disk").select.tags.items()]
    ec2.create_volume(
        AvailabilityZone=f"{PRIMARY}a", Size=1, TagSpecifications=[{"ResourceType": "volume", "Tags": pairs}]
    )
    assert {each.state for each in protected.back_up()} == {"COMPLETED"}

    result = run(protected.spec("disk"), protected.surroundings)

    assert result.verdict is Verdict.INCONCLUSIVE
    content = by_id(result)["content"]
    assert content.outcome is Outcome.SKIPPED
    assert "nobody here reads the content of EBS" in content.reason
    assert by_id(result)["restore-job"].outcome is Outcome.PASSED
    (job,) = protected.restore_jobs()
    assert job["ValidationStatus"] == "FAILED"
    assert "INCONCLUSIVE" in job["ValidationStatusMessage"]
    volume = job["CreatedResourceArn"].rsplit("/", 1)[-1]
    there = [each["VolumeId"] for each in protected.client("ec2", RECOVERY).describe_volumes()["Volumes"]]
    assert volume not in there


def test_without_a_baseline_nothing_is_shown_and_the_way_to_one_is_told(protected):
    protected.make_bucket(OBJECTS)
    protected.back_up()

    result = run(protected.spec(), protected.surroundings)

    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("holdfast drill baseline" in reason for reason in result.reasons)
    assert not result.rpo.seconds


def test_it_leaves_evidence_that_verifies_and_says_where_it_restored_to(protected):
    protected.make_bucket(OBJECTS)
    protected.back_up()
    protected.take_baseline()

    result = run(protected.spec(), protected.surroundings)

    verification = verify(protected.home / "evidence" / protected.environment.environment, clock=SystemClock())
    assert verification.findings == ()
    ((_, signed),) = verification.records
    source, target = signed.entry.source, signed.entry.target
    assert (source.type, source.vault, source.region) == (
        "AWS Backup recovery point",
        protected.names.copy_vault,
        RECOVERY,
    )
    assert (source.lock.mode, source.kms_key.split(":")[3]) == ("GOVERNANCE", RECOVERY)
    assert target.location == result.location
    assert target.location.startswith(f"arn:aws:s3:::holdfast-{protected.environment.environment}-drill-")
    assert result.evidence.problem is None
    text = signed.statement.model_dump_json()
    assert not any(key in text for key in OBJECTS)
