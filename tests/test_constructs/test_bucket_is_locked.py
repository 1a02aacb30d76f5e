"""An immutable bucket is versioned, locked, encrypted, private, and kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.constructs import LockMode, ObjectLock, Removal, Transport
from holdfast.constructs.errors import OutsideLimit


def days(count):
    return timedelta(days=count)


@pytest.fixture
def template(bench):
    # GIVEN a bucket with everything left at its default
    bench.bucket()
    return bench.template()


def test_objects_are_locked_by_default(template):
    bucket = template.only("aws_s3_bucket")
    assert bucket["object_lock_enabled"] is True
    lock = template.only("aws_s3_bucket_object_lock_configuration")
    assert lock["rule"] == {"default_retention": {"mode": "COMPLIANCE", "days": 30}}
    assert lock["depends_on"] == ["aws_s3_bucket_versioning.Vault_Versioning_91118C2F"]


def test_versions_are_kept(template):
    assert template.only("aws_s3_bucket_versioning")["versioning_configuration"] == {"status": "Enabled"}


def test_objects_are_encrypted_with_the_key_and_a_bucket_key(template):
    (rule,) = template.only("aws_s3_bucket_server_side_encryption_configuration")["rule"]
    assert rule["bucket_key_enabled"] is True
    default = rule["apply_server_side_encryption_by_default"]
    assert default == {"sse_algorithm": "aws:kms", "kms_master_key_id": "${aws_kms_key.Key_961B73FD.arn}"}


def test_nothing_is_public(template):
    block = template.only("aws_s3_bucket_public_access_block")
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(block[setting] is True for setting in settings)
    ownership = template.only("aws_s3_bucket_ownership_controls")
    assert ownership["rule"] == {"object_ownership": "BucketOwnerEnforced"}


def test_terraform_refuses_to_destroy_the_bucket(template):
    bucket = template.only("aws_s3_bucket")
    assert bucket["lifecycle"] == {"prevent_destroy": True}
    assert bucket["force_destroy"] is False


def test_the_bucket_is_destroyed_before_its_key(template):
    assert template.only("aws_s3_bucket")["depends_on"] == ["aws_kms_key.Key_961B73FD"]


def test_a_sandbox_bucket_can_be_destroyed(bench):
    bench.bucket(removal=Removal.DESTROY)

    bucket = bench.template().only("aws_s3_bucket")
    assert bucket["force_destroy"] is True
    assert "lifecycle" not in bucket


def test_governance_is_declared_with_a_warning(bench):
    bucket = bench.bucket(lock=ObjectLock(days(1), days(2), LockMode.GOVERNANCE))

    rule = bench.template().only("aws_s3_bucket_object_lock_configuration")["rule"]
    assert rule["default_retention"]["mode"] == "GOVERNANCE"
    assert any("GOVERNANCE" in str(entry.data) for entry in bucket.node.metadata)


def test_the_oldest_tls_is_what_was_asked_for(bench):
    bench.bucket(transport=Transport.TLS_1_3)

    policy = bench.template().policy("aws_s3_bucket_policy")
    assert policy.statement("OnlyRecentTls")["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.3"}}


@pytest.mark.parametrize(
    "name",
    ["ab", "x" * 64, "Acme", "acme_vault", "acme.vault", "-acme", "acme-", "xn--acme", "sthree-acme", "acme--ol-s3"],
)
def test_a_name_s3_refuses_is_refused(bench, name):
    with pytest.raises(OutsideLimit, match="bucket_name") as caught:
        bench.bucket(bucket_name=name)

    assert repr(name) in caught.value.message


def test_a_name_known_after_apply_is_not_checked(bench, token):
    name = token()

    bench.bucket(bucket_name=name)

    assert bench.template().all("aws_s3_bucket")["test/Vault/Resource"]["bucket"].startswith("${")


@pytest.mark.parametrize(
    ("minimum", "maximum", "allowed"),
    [
        (days(0), days(1), "1 to 36500"),
        (days(1), days(36_501), "1 to 36500"),
        (timedelta(hours=36), days(2), "whole days"),
        (days(3), days(2), "at least the minimum, 3 days"),
    ],
)
def test_a_lock_s3_refuses_is_refused(minimum, maximum, allowed):
    with pytest.raises(OutsideLimit, match=allowed):
        ObjectLock(minimum, maximum)


def test_lock_presets():
    assert ObjectLock.days(30) == ObjectLock(days(30), days(300))
    assert ObjectLock.days(30, up_to=31) == ObjectLock(days(30), days(31))
    assert ObjectLock.years(7) == ObjectLock(days(2555), days(2555))
    assert ObjectLock.years(7).mode is LockMode.COMPLIANCE
