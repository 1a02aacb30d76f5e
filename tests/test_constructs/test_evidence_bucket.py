"""Evidence is locked for years, written once, by the writers only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from construct_bench import DEPLOYER, READER, WRITER

from holdfast.constructs import EVERYWHERE, EvidenceBucket
from holdfast.constructs.errors import OutsideLimit

RECORD = "arn:aws:s3:::acme-evidence/2026/11/drill.json"
ALIAS = "arn:aws:kms:us-east-1:111122223333:alias/backups"
RIGHT = {
    "s3:x-amz-server-side-encryption": "aws:kms",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": ALIAS,
    "s3:object-lock-mode": "COMPLIANCE",
    "s3:object-lock-remaining-retention-days": "2555",
    "s3:if-none-match": "*",
    "s3:ObjectCreationOperation": "true",
}


def declare(bench, **props):
    defaults = {
        "bucket_name": "acme-evidence",
        "key": bench.key(),
        "key_alias_arn": ALIAS,
        "writers": bench.writer,
        "administrators": bench.deployer,
    }
    return EvidenceBucket(bench.stack, "Evidence", **{**defaults, **props})


@pytest.fixture
def policy(bench):
    declare(bench).grant_write(bench.writer | bench.reader)
    return bench.template().policy("aws_s3_bucket_policy")


def test_records_are_locked_for_seven_years(bench):
    declare(bench)

    rule = bench.template().only("aws_s3_bucket_object_lock_configuration")["rule"]
    assert rule == {"default_retention": {"mode": "COMPLIANCE", "days": 2555}}


def test_nothing_expires(bench):
    declare(bench)

    rules = bench.template().only("aws_s3_bucket_lifecycle_configuration")["rule"]
    assert [rule["id"] for rule in rules] == ["housekeeping"]


def test_a_writer_adds_a_record(policy):
    assert policy.decides("s3:PutObject", by=WRITER, on=RECORD, context=RIGHT) == "Allow"


@pytest.mark.parametrize("who", [READER, DEPLOYER])
def test_nobody_else_adds_one(policy, who):
    assert policy.decides("s3:PutObject", by=who, on=RECORD, context=RIGHT) == "Deny by OnlyTheseWriters"


def test_a_write_that_could_replace_a_record_is_refused(policy):
    context = {key: value for key, value in RIGHT.items() if key != "s3:if-none-match"}
    assert policy.decides("s3:PutObject", by=WRITER, on=RECORD, context=context) == "Deny by NeverOverwritten"


@pytest.mark.parametrize(("days", "sid"), [("2554", "LockIsLongEnough"), ("2557", "LockIsNotEndless")])
def test_every_record_is_locked_for_the_same_time(policy, days, sid):
    context = RIGHT | {"s3:object-lock-remaining-retention-days": days}
    assert policy.decides("s3:PutObject", by=WRITER, on=RECORD, context=context) == f"Deny by {sid}"


def test_where_headers_are_optional_the_condition_is_too(bench):
    declare(bench, headers_optional_under=EVERYWHERE)

    sids = bench.template().policy("aws_s3_bucket_policy").sids
    assert "NeverOverwritten" not in sids
    assert "OnlyTheseWriters" in sids


def test_a_retention_of_hours_is_refused(bench):
    with pytest.raises(OutsideLimit, match="whole days"):
        declare(bench, retention=timedelta(hours=36))
