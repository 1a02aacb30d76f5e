"""Jobs of the sandbox's AWS Backup: what they hold against the lock, and that content comes back as of their time."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from protected_bench import OTHER, REGION, Protected, client, make_bucket, make_role
from service_bench import Refused

pytestmark = pytest.mark.sandbox
OBJECTS = {"a/one": b"one", "a/two": b"\x00" * 100_000, "empty": b"", "ü": b"three"}


@pytest.fixture
def bench(shared, tmp_path):
    home, endpoints = shared
    bench = Protected(tmp_path, home, endpoints)
    bench.vault()
    yield bench
    bench.world.close()


@pytest.fixture
def source(shared):
    return f"arn:aws:s3:::{make_bucket(shared[1], OBJECTS)}"


def content(endpoints, bucket):
    s3 = client(endpoints, "s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def refused(bench, operation, region=REGION, /, **given):
    with pytest.raises(Refused) as error:
        bench.ask(operation, region, **given)
    return error.value.code


def test_a_bucket_is_restored_as_it_was_when_the_job_ran(bench, source):
    job = bench.back_up(source)
    s3, bucket = client(bench.endpoints, "s3"), source.rsplit(":", 1)[-1]
    s3.put_object(Bucket=bucket, Key="a/one", Body=b"changed")
    s3.delete_object(Bucket=bucket, Key="empty")
    target = f"restored-{secrets.token_hex(4)}"

    restored = bench.restore(job["RecoveryPointArn"], DestinationBucketName=target, NewBucket="true")

    assert (job["State"], restored["Status"]) == ("COMPLETED", "COMPLETED")
    assert restored["CreatedResourceArn"] == f"arn:aws:s3:::{target}"
    assert content(bench.endpoints, target) == OBJECTS
    head = s3.head_object(Bucket=target, Key="a/one")
    assert (head["ContentType"], head["Metadata"]) == ("text/x-test", {"n": "1"})
    assert s3.get_object_tagging(Bucket=target, Key="a/one")["TagSet"] == [{"Key": "t", "Value": "u"}]


def test_a_table_is_restored_with_its_indexes_and_every_type_of_value(bench, shared):
    dynamodb, name = client(shared[1], "dynamodb"), f"table-{secrets.token_hex(4)}"
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": kind} for each, kind in (("id", "S"), ("at", "N"), ("by", "S"))
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "owner",
                "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    items = [
        {
            "id": {"S": "x"},
            "at": {"N": str(number)},
            "by": {"S": "me"},
            "raw": {"B": bytes([number])},
            "some": {"L": [{"NULL": True}, {"M": {"deep": {"BOOL": False}}}]},
        }
        for number in range(60)
    ]
    for item in items:
        dynamodb.put_item(TableName=name, Item=item)
    job = bench.back_up(f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}")

    restored = bench.restore(job["RecoveryPointArn"], targetTableName=f"{name}-again")

    assert restored["Status"] == "COMPLETED", restored
    found = dynamodb.scan(TableName=f"{name}-again")["Items"]
    assert sorted(found, key=lambda each: int(each["at"]["N"])) == items
    assert (
        dynamodb.describe_table(TableName=f"{name}-again")["Table"]["GlobalSecondaryIndexes"][0]["IndexName"] == "owner"
    )
    assert bench.restore(job["RecoveryPointArn"], targetTableName=name)["Status"] == "FAILED"


def test_a_copy_lives_in_its_own_region_under_its_own_key(bench, source):
    kms = {
        region: client(bench.endpoints, "kms", region).create_key()["KeyMetadata"]["Arn"] for region in (REGION, OTHER)
    }
    bench.vault("here", EncryptionKeyArn=kms[REGION])
    target = bench.vault("there", OTHER, EncryptionKeyArn=kms[OTHER])
    point = bench.back_up(source, vault="here", Lifecycle={"DeleteAfterDays": 2})["RecoveryPointArn"]
    given = {"SourceBackupVaultName": "here", "RecoveryPointArn": point, "IamRoleArn": bench.role}
    job = bench.ask("StartCopyJob", **given, DestinationBackupVaultArn=target, Lifecycle={"DeleteAfterDays": 9})
    copied = bench.settled("DescribeCopyJob", "CopyJobId", job["CopyJobId"])["DestinationRecoveryPointArn"]

    told = bench.ask("DescribeRecoveryPoint", OTHER, BackupVaultName="there", RecoveryPointArn=copied)
    assert copied.split(":")[3] == OTHER
    assert (told["EncryptionKeyArn"], told["Lifecycle"]["DeleteAfterDays"]) == (kms[OTHER], 9)
    assert (
        refused(bench, "DescribeRecoveryPoint", BackupVaultName="here", RecoveryPointArn=copied)
        == "ResourceNotFoundException"
    )

    client(bench.endpoints, "kms").disable_key(KeyId=kms[REGION])
    lost = bench.restore(point, DestinationBucketName=f"no-{secrets.token_hex(4)}", NewBucket="true")
    kept = bench.restore(copied, OTHER, DestinationBucketName=f"yes-{secrets.token_hex(4)}", NewBucket="true")
    assert (lost["Status"], kept["Status"]) == ("FAILED", "COMPLETED")
    assert "cannot be used" in lost["StatusMessage"]


@pytest.mark.parametrize(
    ("lifecycle", "state"),
    [
        ({"DeleteAfterDays": 6}, "FAILED"),
        ({"DeleteAfterDays": 7}, "COMPLETED"),
        ({"DeleteAfterDays": 30}, "COMPLETED"),
        ({"DeleteAfterDays": 31}, "FAILED"),
        ({}, "FAILED"),
    ],
)
def test_a_job_is_held_against_the_lock_of_the_vault(bench, source, lifecycle, state):
    lock = {"MinRetentionDays": 7, "MaxRetentionDays": 30}
    bench.ask("PutBackupVaultLockConfiguration", BackupVaultName="vault", **lock)
    open_vault = bench.vault("open")
    locked = f"{open_vault.rsplit(':', 1)[0]}:vault"

    assert bench.back_up(source, Lifecycle=lifecycle)["State"] == state

    point = bench.back_up(source, vault="open")["RecoveryPointArn"]
    given = {"SourceBackupVaultName": "open", "RecoveryPointArn": point, "IamRoleArn": bench.role}
    copy = bench.ask("StartCopyJob", **given, DestinationBackupVaultArn=locked, Lifecycle=lifecycle)["CopyJobId"]
    assert bench.settled("DescribeCopyJob", "CopyJobId", copy)["State"] == state


def test_under_a_lock_nobody_deletes_or_shortens_a_recovery_point_and_it_expires_by_itself(bench, source):
    bench.ask("PutBackupVaultLockConfiguration", BackupVaultName="vault", MinRetentionDays=7, ChangeableForDays=3)
    point = bench.back_up(source, Lifecycle={"DeleteAfterDays": 10})["RecoveryPointArn"]
    named = {"BackupVaultName": "vault", "RecoveryPointArn": point}

    assert refused(bench, "DeleteRecoveryPoint", **named) == "InvalidRequestException"
    shorter = {"Lifecycle": {"DeleteAfterDays": 9}}
    assert refused(bench, "UpdateRecoveryPointLifecycle", **named, **shorter) == "InvalidParameterValueException"
    assert refused(bench, "DeleteBackupVault", BackupVaultName="vault") == "InvalidRequestException"
    bench.ask("UpdateRecoveryPointLifecycle", **named, Lifecycle={"DeleteAfterDays": 11})

    bench.clock.advance(timedelta(days=11) - timedelta(seconds=1))
    assert bench.ask("DescribeBackupVault", BackupVaultName="vault")["NumberOfRecoveryPoints"] == 1
    bench.clock.advance(timedelta(seconds=1))
    assert bench.ask("DescribeBackupVault", BackupVaultName="vault")["NumberOfRecoveryPoints"] == 0
    assert (
        refused(bench, "StartRestoreJob", RecoveryPointArn=point, IamRoleArn=bench.role, Metadata={})
        == "ResourceNotFoundException"
    )


def test_without_a_lock_a_recovery_point_can_be_deleted(bench, source):
    point = bench.back_up(source)["RecoveryPointArn"]

    bench.ask("DeleteRecoveryPoint", BackupVaultName="vault", RecoveryPointArn=point)

    assert bench.ask("ListRecoveryPointsByBackupVault", BackupVaultName="vault")["RecoveryPoints"] == []


def test_a_bucket_without_versions_is_not_backed_up(bench):
    job = bench.back_up(f"arn:aws:s3:::{make_bucket(bench.endpoints, {}, versions=False)}")

    assert (job["State"], job["StatusMessage"].split(" on ")[0]) == ("FAILED", "Versioning is not enabled")


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::no-such-bucket-anywhere",
        "arn:aws:dynamodb:us-east-1:000000000000:table/none",
        "arn:aws:rds:us-east-1:000000000000:db:x",
    ],
)
def test_what_cannot_be_read_fails_the_job_with_a_reason(bench, resource):
    job = bench.back_up(resource)

    assert job["State"] == "FAILED"
    assert job["StatusMessage"]


def test_a_role_that_is_not_there_or_trusts_somebody_else_is_refused(bench, source):
    for role in ("arn:aws:iam::000000000000:role/none", make_role(bench.endpoints, trusts_backup=False)):
        given = {"BackupVaultName": "vault", "ResourceArn": source, "IamRoleArn": role}
        with pytest.raises(Refused, match="cannot be assumed by AWS Backup"):
            bench.ask("StartBackupJob", **given)


def test_a_token_used_again_begins_no_second_job(bench, source):
    given = {"BackupVaultName": "vault", "ResourceArn": source, "IamRoleArn": bench.role, "IdempotencyToken": "once"}
    first, second = (bench.ask("StartBackupJob", **given)["BackupJobId"] for _ in range(2))
    bench.settled("DescribeBackupJob", "BackupJobId", first)

    assert first == second
    assert len(bench.ask("ListBackupJobs")["BackupJobs"]) == 1


def test_a_validation_result_is_given_once(bench, source):
    point = bench.back_up(source)["RecoveryPointArn"]
    job = bench.restore(point, DestinationBucketName=f"v-{secrets.token_hex(4)}", NewBucket="true")["RestoreJobId"]
    bench.ask("PutRestoreValidationResult", RestoreJobId=job, ValidationStatus="VALIDATING")
    bench.ask("PutRestoreValidationResult", RestoreJobId=job, ValidationStatus="FAILED", ValidationStatusMessage="no")

    assert (
        refused(bench, "PutRestoreValidationResult", RestoreJobId=job, ValidationStatus="SUCCESSFUL")
        == "InvalidRequestException"
    )
    told = bench.ask("DescribeRestoreJob", RestoreJobId=job)
    assert (told["ValidationStatus"], told["ValidationStatusMessage"]) == ("FAILED", "no")


def test_a_job_that_did_not_restore_cannot_be_validated(bench, source):
    point = bench.back_up(source)["RecoveryPointArn"]
    job = bench.restore(point)["RestoreJobId"]

    assert bench.ask("DescribeRestoreJob", RestoreJobId=job)["Status"] == "FAILED"
    assert (
        refused(bench, "PutRestoreValidationResult", RestoreJobId=job, ValidationStatus="SUCCESSFUL")
        == "InvalidRequestException"
    )


def test_what_is_restored_lies_on_the_disk_for_its_owner_only(bench, source, tmp_path: Path):
    bench.back_up(source)

    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "blobs").iterdir()}
    assert modes == {0o600}
