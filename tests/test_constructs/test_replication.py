"""What arrives in one bucket is copied, locks and all, under the other Region's key; deletions are not."""

from __future__ import annotations

import json

import pytest
from construct_bench import ACCOUNT

from holdfast.constructs import BucketReplication, Destination, KeyAlias
from holdfast.constructs.errors import OutsideLimit

OTHER = "444455556666"


def declare(bench, *, account=ACCOUNT, **props):
    destination = Destination("arn:aws:s3:::acme-replica", KeyAlias("us-west-2", account, "alias/backups"))
    return BucketReplication(
        bench.stack,
        "Replication",
        source=bench.bucket(),
        destination=destination,
        source_key=KeyAlias("us-east-1", ACCOUNT, "alias/backups"),
        role_name="replication",
        **props,
    )


@pytest.fixture
def rule(bench):
    declare(bench)
    (rule,) = bench.template().only("aws_s3_bucket_replication_configuration")["rule"]
    return rule


def test_streams_are_replicated_within_15_minutes_and_measured(rule):
    assert rule["status"] == "Enabled"
    assert rule["filter"] == {"prefix": "streams/"}
    assert rule["priority"] == 1
    assert rule["destination"]["replication_time"] == {"status": "Enabled", "time": {"minutes": 15}}
    assert rule["destination"]["metrics"] == {"status": "Enabled", "event_threshold": {"minutes": 15}}


def test_copies_are_encrypted_with_the_other_region_s_key(rule):
    assert rule["source_selection_criteria"] == {"sse_kms_encrypted_objects": {"status": "Enabled"}}
    arn = "arn:aws:kms:us-west-2:111122223333:alias/backups"
    assert rule["destination"]["encryption_configuration"] == {"replica_kms_key_id": arn}


def test_delete_markers_are_not_replicated(rule):
    assert rule["delete_marker_replication"] == {"status": "Disabled"}


def test_in_the_same_account_the_owner_is_not_translated(rule):
    assert "access_control_translation" not in rule["destination"]
    assert "account" not in rule["destination"]


def test_in_another_account_the_copy_belongs_to_that_account(bench):
    declare(bench, account=OTHER)

    template = bench.template()
    (rule,) = template.only("aws_s3_bucket_replication_configuration")["rule"]
    assert rule["destination"]["account"] == OTHER
    assert rule["destination"]["access_control_translation"] == {"owner": "Destination"}
    written = template.policy("aws_iam_role_policy").statement("WriteCopy")
    assert "s3:ObjectOwnerOverrideToBucketOwner" in written["Action"]


def test_replication_waits_for_versioning_and_lock(bench):
    declare(bench)

    depends_on = bench.template().only("aws_s3_bucket_replication_configuration")["depends_on"]
    assert {each.split(".")[0] for each in depends_on} == {
        "aws_s3_bucket_versioning",
        "aws_s3_bucket_object_lock_configuration",
    }


def test_the_role_is_s3_s_alone(bench):
    declare(bench)

    trust = json.loads(bench.template().only("aws_iam_role")["assume_role_policy"])
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}


def test_the_role_reads_locks_and_never_deletes(bench):
    declare(bench)

    policy = bench.template().policy("aws_iam_role_policy")
    source, copy = "arn:aws:s3:::acme-vault/streams/a", "arn:aws:s3:::acme-replica/streams/a"
    for action in ("s3:GetObjectVersionForReplication", "s3:GetObjectRetention", "s3:GetObjectLegalHold"):
        assert policy.decides(action, on=source, resource_policy=False) == "Allow"
    assert policy.decides("s3:ReplicateObject", on=copy, resource_policy=False) == "Allow"
    assert policy.decides("s3:ReplicateDelete", on=copy, resource_policy=False) == "Deny by NeverDestroy"
    assert policy.decides("s3:DeleteObjectVersion", on=copy, resource_policy=False) == "Deny by NeverDestroy"


def test_the_role_reads_nothing_outside_its_prefixes(bench):
    declare(bench)

    policy = bench.template().policy("aws_iam_role_policy")
    outside = "arn:aws:s3:::acme-vault/sets/a"
    assert policy.decides("s3:GetObjectVersionForReplication", on=outside, resource_policy=False) == "ImplicitDeny"
    assert policy.decides("s3:GetObject", on="arn:aws:s3:::acme-vault/streams/a", resource_policy=False) == (
        "ImplicitDeny"
    )


@pytest.mark.parametrize(
    "prefixes", [(), ("streams/", "streams/wal/"), ("", "streams/"), tuple(f"p{number:04}/" for number in range(1001))]
)
def test_prefixes_s3_refuses_are_refused(bench, prefixes):
    with pytest.raises(OutsideLimit, match="prefixes"):
        declare(bench, prefixes=prefixes)


def test_each_prefix_has_a_rule_and_a_priority(bench):
    declare(bench, prefixes=("exports/", "streams/"))

    rules = bench.template().only("aws_s3_bucket_replication_configuration")["rule"]
    assert [(rule["id"], rule["priority"]) for rule in rules] == [("copy-exports", 1), ("copy-streams", 2)]
