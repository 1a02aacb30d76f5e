"""A bucket takes writes that are encrypted with its key and locked long enough, and refuses the others."""

from __future__ import annotations

import pytest
from construct_bench import BREAK_GLASS, DEPLOYER, WRITER, role

from holdfast.constructs import EVERYWHERE, ObjectLock
from holdfast.constructs.errors import PolicyTooLarge

ALIAS = "arn:aws:kms:us-east-1:111122223333:alias/backups"
OBJECT = "arn:aws:s3:::acme-vault/sets/orders/manifest.json"
STREAM = "arn:aws:s3:::acme-vault/streams/wal/0001"
ENCRYPTION = "s3:x-amz-server-side-encryption"
KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
MODE = "s3:object-lock-mode"
DAYS = "s3:object-lock-remaining-retention-days"
RIGHT = {ENCRYPTION: "aws:kms", KEY: ALIAS, MODE: "COMPLIANCE", DAYS: "31"}


def without(*keys):
    return {key: value for key, value in RIGHT.items() if key not in keys}


@pytest.fixture
def bucket(bench):
    # GIVEN a bucket that locks for 30 to 365 days, and a writer
    bucket = bench.bucket(key_alias_arn=ALIAS)
    bucket.grant_write(bench.writer)
    return bucket


@pytest.fixture
def puts(bench, bucket):
    policy = bench.template().policy("aws_s3_bucket_policy")
    return lambda context, **more: policy.decides(
        more.pop("action", "s3:PutObject"),
        by=more.pop("by", WRITER),
        on=more.pop("on", OBJECT),
        context=context,
        **more,
    )


def test_a_write_that_names_everything_rightly_passes(puts):
    assert puts(RIGHT) == "Allow"


def test_a_write_may_name_the_key_by_its_own_arn(puts):
    assert puts(RIGHT | {KEY: "${aws_kms_key.Key_961B73FD.arn}"}) == "Allow"


@pytest.mark.parametrize(
    ("context", "by"),
    [
        (RIGHT | {ENCRYPTION: "AES256"}, "OnlyKms"),
        (RIGHT | {KEY: "arn:aws:kms:us-east-1:999999999999:alias/backups"}, "OnlyThisKey"),
        (RIGHT | {KEY: "alias/backups"}, "OnlyThisKey"),
        (without(KEY), "KeyIsNamed"),
        (without(ENCRYPTION, KEY), "EncryptionIsExplicit"),
        (RIGHT | {MODE: "GOVERNANCE"}, "OnlyThisLockMode"),
        (without(MODE, DAYS), "LockIsExplicit"),
        (RIGHT | {DAYS: "29"}, "LockIsLongEnough"),
        (RIGHT | {DAYS: "36500"}, "LockIsNotEndless"),
    ],
)
def test_a_weaker_write_is_refused(puts, context, by):
    assert puts(context) == f"Deny by {by}"


@pytest.mark.parametrize("days", ["30", "365", "366"])
def test_the_shortest_and_the_longest_lock_pass(puts, days):
    assert puts(RIGHT | {DAYS: days}) == "Allow"


@pytest.mark.parametrize(
    ("days", "decision"), [("29", "Deny by LockIsLongEnough"), ("400", "Deny by LockIsNotEndless")]
)
def test_a_later_change_of_the_lock_keeps_to_the_limits(puts, days, decision):
    assert puts({DAYS: days}, action="s3:PutObjectRetention") == decision


def test_a_lock_can_be_lengthened(puts):
    assert puts({DAYS: "60"}, action="s3:PutObjectRetention") == "Allow"


def test_a_replica_locked_too_briefly_is_refused(puts):
    assert puts({DAYS: "5"}, action="s3:ReplicateObject") == "Deny by LockIsLongEnough"


@pytest.mark.parametrize("by", [DEPLOYER, BREAK_GLASS, role("anybody", "999999999999")])
def test_administrators_and_strangers_write_no_weaker(puts, by):
    assert puts(RIGHT | {ENCRYPTION: "AES256"}, by=by) == "Deny by OnlyKms"
    assert puts(without(MODE, DAYS), by=by) == "Deny by LockIsExplicit"


def test_plain_http_is_refused(puts):
    assert puts(RIGHT | {"aws:SecureTransport": "false"}) == "Deny by OnlyTls"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_old_tls_is_refused(puts, version):
    assert puts(RIGHT, s3_TlsVersion=version) == "Deny by OnlyRecentTls"


def test_where_headers_are_optional_the_defaults_apply(bench):
    # GIVEN a bucket where streams may rely on the bucket's defaults
    bucket = bench.bucket(key_alias_arn=ALIAS, headers_optional_under=("streams/",))
    bucket.grant_write(bench.writer)
    policy = bench.template().policy("aws_s3_bucket_policy")

    # THEN silence passes there and nowhere else
    assert policy.decides("s3:PutObject", by=WRITER, on=STREAM) == "Allow"
    assert policy.decides("s3:PutObject", by=WRITER, on=OBJECT).startswith("Deny by EncryptionIsExplicit")
    # THEN what is said must still be right
    for wrong in ({ENCRYPTION: "AES256"}, {ENCRYPTION: "aws:kms"}, {MODE: "GOVERNANCE"}, {DAYS: "1"}):
        assert policy.decides("s3:PutObject", by=WRITER, on=STREAM, context=wrong).startswith("Deny by ")


def test_optional_everywhere_is_declared_with_a_warning(bench):
    bucket = bench.bucket(headers_optional_under=EVERYWHERE)

    policy = bench.template().policy("aws_s3_bucket_policy")
    assert not {"KeyIsNamed", "EncryptionIsExplicit", "LockIsExplicit"} & set(policy.sids)
    assert {"OnlyKms", "OnlyThisKey", "OnlyThisLockMode", "LockIsLongEnough"} <= set(policy.sids)
    assert any("bucket's defaults" in str(entry.data) for entry in bucket.node.metadata)


def test_a_policy_over_20_kib_is_refused(bench):
    bucket = bench.bucket(lock=ObjectLock.days(1))

    with pytest.raises(PolicyTooLarge, match="bucket policy"):
        bucket.grant_write(bench.writer, under=[f"team-{number:04}/" for number in range(600)])


def test_every_grant_is_a_statement_of_its_own(bench, bucket):
    bucket.grant_write(bench.reader, under=["canaries/"])
    bucket.grant_write(bench.reader, under=["sets/"])

    sids = bench.template().policy("aws_s3_bucket_policy").sids
    assert [sid for sid in sids if sid.startswith("Write")] == ["Write", "Write2", "Write3"]
    assert len(sids) == len(set(sids))
