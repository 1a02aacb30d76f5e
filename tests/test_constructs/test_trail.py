"""The trail is locked for a year and more, written by CloudTrail alone, and records every object access."""

from __future__ import annotations

from datetime import timedelta

import pytest
from construct_bench import BREAK_GLASS, DEPLOYER, READER, WRITER, role
from watch_bench import AUDITOR, TRAIL, WatchBench

from holdfast.constructs.errors import OutsideLimit

BUCKET = "arn:aws:s3:::acme-trail"
LOG_FILE = f"{BUCKET}/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/file.json.gz"
OTHERS = (WRITER, READER, AUDITOR, DEPLOYER, BREAK_GLASS, role("admin"))


@pytest.fixture
def bench():
    return WatchBench()


@pytest.fixture
def template(bench):
    bench.trail()
    return bench.template()


@pytest.fixture
def policy(template):
    return template.policy("aws_s3_bucket_policy")


def test_files_are_locked_for_more_than_a_year(template):
    rule = template.only("aws_s3_bucket_object_lock_configuration")["rule"]["default_retention"]
    assert rule == {"mode": "COMPLIANCE", "days": 400}
    assert template.only("aws_s3_bucket")["object_lock_enabled"] is True


def test_nothing_expires_before_its_lock(template):
    (expiry, *_rest) = template.only("aws_s3_bucket_lifecycle_configuration")["rule"]
    assert expiry["expiration"][0]["days"] > 400


def test_the_trail_sees_management_and_every_object_of_the_buckets(template):
    trail = template.only("aws_cloudtrail")
    management, objects = trail["advanced_event_selector"]
    assert management["field_selector"] == [{"field": "eventCategory", "equals": ["Management"]}]
    assert {"field": "eventCategory", "equals": ["Data"]} in objects["field_selector"]
    arns = ["arn:aws:s3:::acme-vault/", "arn:aws:s3:::acme-evidence/"]
    assert {"field": "resources.ARN", "starts_with": arns} in objects["field_selector"]


def test_reads_are_seen_as_well_as_writes(template):
    fields = [
        each["field"] for selector in template.only("aws_cloudtrail")["advanced_event_selector"]
        for each in selector["field_selector"]
    ]  # fmt: skip
    assert "readOnly" not in fields


def test_the_trail_is_encrypted_chained_and_of_all_regions(template):
    trail = template.only("aws_cloudtrail")
    assert trail["kms_key_id"] == template.only("aws_cloudwatch_log_group")["kms_key_id"]
    assert trail["enable_log_file_validation"] is True
    assert trail["is_multi_region_trail"] is True
    assert trail["lifecycle"] == {"prevent_destroy": True}


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_forges_an_entry(policy, who):
    assert policy.decides("s3:PutObject", by=who, on=LOG_FILE) == "Deny by OnlyTheTrailWrites"


def test_cloudtrail_delivers_for_this_trail_only(policy):
    deliver = policy.statement("DeliverTrail")
    assert deliver["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    assert deliver["Condition"]["StringEquals"]["aws:SourceArn"] == TRAIL
    assert deliver["Resource"] == [f"{BUCKET}/AWSLogs/111122223333/*"]


def test_digests_under_the_bucket_s_own_encryption_are_let_in(policy):
    # CloudTrail stores digests under SSE-S3: a statement that asks for SSE-KMS would refuse them
    assert not {"OnlyKms", "EncryptionIsExplicit", "KeyIsNamed"} & set(policy.sids)


@pytest.mark.parametrize("action", ["s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"])
@pytest.mark.parametrize("who", [WRITER, READER, AUDITOR])
def test_nobody_weakens_the_bucket_of_the_trail(policy, who, action):
    assert policy.decides(action, by=who, on=BUCKET) == "Deny by NobodyElseWeakens"


def test_an_auditor_reads_the_trail_and_deletes_nothing(policy):
    assert policy.decides("s3:GetObject", by=AUDITOR, on=LOG_FILE) == "Allow"
    assert policy.decides("s3:DeleteObjectVersion", by=AUDITOR, on=LOG_FILE) == "Deny by NobodyElseDeletes"
    assert policy.decides("s3:GetObject", by=WRITER, on=LOG_FILE) == "ImplicitDeny"


def test_the_key_lets_auditors_decrypt_trails_only(template):
    policy = template.policy("aws_kms_key")
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}
    assert policy.decides("kms:Decrypt", by=AUDITOR, context=context) == "Allow"
    assert policy.decides("kms:Decrypt", by=AUDITOR) == "ImplicitDeny"
    assert policy.decides("kms:Decrypt", by=DEPLOYER, context=context) == "Deny by AdministratorsNeverUse"
    assert policy.decides("kms:ScheduleKeyDeletion", by=DEPLOYER) == "Deny by NobodyElseDestroys"


def test_less_than_a_year_is_refused(bench):
    with pytest.raises(OutsideLimit, match="365"):
        bench.trail(retention=timedelta(days=364))


@pytest.mark.parametrize("name", ["a", "-trail", "two..dots", "x" * 56, "under__score"])
def test_a_name_cloudtrail_refuses_is_refused(bench, name):
    with pytest.raises(OutsideLimit, match="trail_name"):
        bench.trail(trail_name=name)


def test_a_trail_of_no_bucket_is_refused(bench):
    with pytest.raises(OutsideLimit, match="bucket_arns"):
        bench.trail(bucket_arns=[])


def test_an_account_that_is_none_is_refused(bench):
    with pytest.raises(OutsideLimit, match="12 digits"):
        bench.watch_key(account="acme")


def test_what_is_known_after_apply_is_not_checked(bench, token):
    bench.trail(account=token())

    assert bench.template().only("aws_cloudtrail")
