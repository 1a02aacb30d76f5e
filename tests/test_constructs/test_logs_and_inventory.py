"""Access logs and inventories are delivered by AWS only, from our buckets only, and stay."""

from __future__ import annotations

import pytest
from construct_bench import ACCOUNT, DEPLOYER, WRITER

from holdfast.constructs import LogBucket
from holdfast.constructs.errors import OutsideLimit

LOGS = "arn:aws:s3:::acme-logs"


@pytest.fixture
def template(bench):
    # GIVEN a bucket that logs
    logs = LogBucket(bench.stack, "Logs", bucket_name="acme-logs", account=ACCOUNT, administrators=bench.deployer)
    bench.bucket(logs=logs)
    return bench.template()


def test_every_request_is_logged(template):
    logging = template.only("aws_s3_bucket_logging")
    assert logging["target_prefix"] == "access/acme-vault/"
    assert logging["target_bucket"] == "${aws_s3_bucket.Logs_6819BB44.id}"


def test_the_log_bucket_does_not_log_itself(template):
    assert list(template.all("aws_s3_bucket_logging")) == ["test/Vault/Logging"]
    assert list(template.all("aws_s3_bucket_inventory")) == ["test/Vault/Inventory"]


def test_the_inventory_tells_lock_copy_and_encryption_of_every_version(template):
    inventory = template.only("aws_s3_bucket_inventory")
    assert inventory["included_object_versions"] == "All"
    assert inventory["schedule"] == {"frequency": "Daily"}
    wanted = {"ObjectLockMode", "ObjectLockRetainUntilDate", "ReplicationStatus", "EncryptionStatus", "Size"}
    assert wanted <= set(inventory["optional_fields"])
    destination = inventory["destination"]["bucket"]
    assert (destination["bucket_arn"], destination["account_id"]) == (LOGS, ACCOUNT)
    assert destination["encryption"] == {"sse_s3": {}}


def test_the_log_bucket_is_what_log_delivery_accepts(template):
    bucket = template.all("aws_s3_bucket")["test/Logs/Resource"]
    assert "object_lock_enabled" not in bucket
    (rule,) = template.all("aws_s3_bucket_server_side_encryption_configuration")["test/Logs/Encryption"]["rule"]
    assert rule["apply_server_side_encryption_by_default"] == {"sse_algorithm": "AES256"}


@pytest.mark.parametrize(
    ("sid", "service", "prefix"),
    [("AccessLogs", "logging.s3.amazonaws.com", "access/"), ("Inventories", "s3.amazonaws.com", "inventory/")],
)
def test_deliveries_come_from_our_buckets_of_our_account(template, sid, service, prefix):
    statement = template.policy("aws_s3_bucket_policy", "test/Logs/Policy").statement(sid)
    assert statement["Principal"] == {"Service": service}
    assert statement["Action"] == ["s3:PutObject"]
    assert statement["Resource"] == [f"{LOGS}/{prefix}*"]
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": ["arn:aws:s3:::acme-vault"]},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }


def test_logs_are_not_deleted_by_who_is_in_them(template):
    policy = template.policy("aws_s3_bucket_policy", "test/Logs/Policy")
    for action in ("s3:DeleteObject", "s3:DeleteObjectVersion"):
        assert policy.decides(action, by=WRITER, on=f"{LOGS}/access/a") == "Deny by NobodyElseDeletes"
    assert policy.decides("s3:PutBucketLogging", by=WRITER, on=LOGS) == "Deny by NobodyElseWeakens"
    assert not policy.decides("s3:PutBucketPolicy", by=DEPLOYER, on=LOGS).startswith("Deny")


def test_logs_are_kept_for_more_than_a_year(template):
    rules = template.all("aws_s3_bucket_lifecycle_configuration")["test/Logs/Lifecycle"]["rule"]
    assert rules[0]["expiration"] == [{"days": 400}]


def test_without_sources_nothing_is_delivered(bench):
    LogBucket(bench.stack, "Logs", bucket_name="acme-logs", account=ACCOUNT, administrators=bench.deployer)

    assert not {"AccessLogs", "Inventories"} & set(bench.template().policy("aws_s3_bucket_policy").sids)


def test_an_account_that_is_none_is_refused(bench):
    with pytest.raises(OutsideLimit, match="12 digits"):
        LogBucket(bench.stack, "Logs", bucket_name="acme-logs", account="acme", administrators=bench.deployer)
