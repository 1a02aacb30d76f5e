"""What protects a bucket is changed by its administrators only, and versions are deleted by them only."""

from __future__ import annotations

import pytest
from construct_bench import BREAK_GLASS, DEPLOYER, READER, WRITER, role

from holdfast.constructs.policies.weakening import DELETE, WEAKEN

BUCKET = "arn:aws:s3:::acme-vault"
OTHERS = (WRITER, READER, role("admin"), role("admin", "999999999999"))
MUST_BE_COVERED = {
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:DeleteObjectVersion",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
}


@pytest.fixture
def policy(bench):
    bucket = bench.bucket()
    bucket.grant_write(bench.writer)
    bucket.grant_read(bench.reader)
    return bench.template().policy("aws_s3_bucket_policy")


def test_the_actions_that_matter_are_covered():
    assert set(WEAKEN) | set(DELETE) >= MUST_BE_COVERED


@pytest.mark.parametrize("action", WEAKEN)
@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_weakens_the_bucket(policy, who, action):
    assert policy.decides(action, by=who, on=BUCKET) == "Deny by NobodyElseWeakens"


@pytest.mark.parametrize("action", DELETE)
@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_deletes(policy, who, action):
    assert policy.decides(action, by=who, on=f"{BUCKET}/sets/a") == "Deny by NobodyElseDeletes"


@pytest.mark.parametrize("action", WEAKEN)
@pytest.mark.parametrize("who", [DEPLOYER, BREAK_GLASS])
def test_terraform_can_still_change_the_bucket(policy, who, action):
    assert not policy.decides(action, by=who, on=BUCKET).startswith("Deny")


@pytest.mark.parametrize("action", DELETE)
@pytest.mark.parametrize("who", [DEPLOYER, BREAK_GLASS])
def test_an_administrator_s_attempt_reaches_the_lock(policy, who, action):
    # so that a probe shows that the lock refuses, not only IAM
    assert not policy.decides(action, by=who, on=f"{BUCKET}/canaries/a").startswith("Deny")


def test_the_reader_reads_with_the_lock_and_the_writer_does_not_list(policy):
    assert policy.decides("s3:GetObjectVersion", by=READER, on=f"{BUCKET}/sets/a") == "Allow"
    assert policy.decides("s3:GetObjectRetention", by=READER, on=f"{BUCKET}/sets/a") == "Allow"
    assert policy.decides("s3:ListBucket", by=WRITER, on=BUCKET) == "ImplicitDeny"
    assert policy.decides("s3:GetObject", by=role("reader", "999999999999"), on=f"{BUCKET}/sets/a") == "ImplicitDeny"


def test_replicas_come_in_but_no_delete_markers(bench):
    bench.bucket().grant_replicas(bench.writer, under=["streams/"])

    policy = bench.template().policy("aws_s3_bucket_policy")
    assert policy.decides("s3:ReplicateObject", by=WRITER, on=f"{BUCKET}/streams/a") == "Allow"
    assert policy.decides("s3:ReplicateObject", by=WRITER, on=f"{BUCKET}/sets/a") == "ImplicitDeny"
    assert policy.decides("s3:ReplicateDelete", by=WRITER, on=f"{BUCKET}/streams/a") == "Deny by NobodyElseDeletes"


def test_listing_lets_the_protection_be_inspected(bench):
    bench.bucket().grant_list(bench.reader)

    policy = bench.template().policy("aws_s3_bucket_policy")
    for action in ("s3:ListBucketVersions", "s3:GetBucketObjectLockConfiguration", "s3:GetBucketPolicy"):
        assert policy.decides(action, by=READER, on=BUCKET) == "Allow"
