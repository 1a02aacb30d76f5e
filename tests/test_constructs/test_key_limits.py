"""A key is declared within the limits of KMS, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from construct_bench import role

from holdfast.constructs import BackupKeyReplica, Principals, Removal
from holdfast.constructs.aws import AwsProvider
from holdfast.constructs.errors import OutsideLimit, PolicyTooLarge


def days(count):
    return timedelta(days=count)


def test_a_key_rotates_every_90_days_and_waits_30_before_deletion(bench):
    bench.key()

    key = bench.template().only("aws_kms_key")
    assert key["enable_key_rotation"] is True
    assert key["rotation_period_in_days"] == 90
    assert key["deletion_window_in_days"] == 30
    assert key["multi_region"] is False


def test_terraform_refuses_to_destroy_a_key(bench):
    bench.key()

    assert bench.template().only("aws_kms_key")["lifecycle"] == {"prevent_destroy": True}


def test_a_sandbox_key_can_be_destroyed(bench):
    bench.key(removal=Removal.DESTROY)

    assert "lifecycle" not in bench.template().only("aws_kms_key")


@pytest.mark.parametrize("rotation", [days(89), days(2561), days(0), timedelta(days=90, hours=1)])
def test_a_rotation_kms_refuses_is_refused(bench, rotation):
    with pytest.raises(OutsideLimit) as caught:
        bench.key(rotation=rotation)

    assert "rotation" in caught.value.message
    assert str(rotation) in caught.value.message
    assert "90 to 2560" in caught.value.message
    assert "EnableKeyRotation" in caught.value.hint


@pytest.mark.parametrize("window", [days(6), days(31)])
def test_a_deletion_window_kms_refuses_is_refused(bench, window):
    with pytest.raises(OutsideLimit, match="7 to 30"):
        bench.key(deletion_window=window)


@pytest.mark.parametrize("alias", ["backups", "alias/aws/backups", "alias/", "alias/with space", "alias/" + "x" * 251])
def test_an_alias_kms_refuses_is_refused(bench, alias):
    with pytest.raises(OutsideLimit, match="alias"):
        bench.key(alias=alias)


def test_an_alias_known_after_apply_is_not_checked(bench, token):
    alias = token()

    bench.key(alias=alias)

    assert bench.template().only("aws_kms_alias")["name"].startswith("${")


def test_slow_rotation_is_declared_with_a_warning(bench):
    key = bench.key(rotation=days(365))

    (warning,) = [entry.data for entry in key.node.metadata if entry.type == "@cdktf/warn"]
    assert warning == "the key is rotated every 365 days, not every 90"


def test_a_policy_over_32_kib_is_refused(bench):
    crowd = Principals.of(*(role(f"writer-{number:04}") for number in range(800)))

    with pytest.raises(PolicyTooLarge, match="key policy") as caught:
        bench.key(encrypters=crowd)

    assert caught.value.values["allowed"] == "up to 32768"


def test_a_replica_carries_alias_and_policy_of_its_primary(bench):
    # GIVEN a multi-Region key
    key = bench.key(multi_region=True, decrypters=bench.reader)

    # WHEN it is replicated
    elsewhere = AwsProvider(bench.stack, "elsewhere", alias="elsewhere", region="us-west-2")
    BackupKeyReplica(bench.stack, "Replica", primary=key, provider=elsewhere)

    # THEN
    template = bench.template()
    replica = template.only("aws_kms_replica_key")
    assert replica["policy"] == template.only("aws_kms_key")["policy"]
    assert replica["provider"] == "aws.elsewhere"
    assert replica["lifecycle"] == {"prevent_destroy": True}
    aliases = template.all("aws_kms_alias")
    assert {alias["name"] for alias in aliases.values()} == {"alias/backups"}


def test_a_key_of_one_region_is_not_replicated(bench):
    key = bench.key()
    elsewhere = AwsProvider(bench.stack, "elsewhere", alias="elsewhere", region="us-west-2")

    with pytest.raises(OutsideLimit, match="multi_region=True"):
        BackupKeyReplica(bench.stack, "Replica", primary=key, provider=elsewhere)
