"""Administering, encrypting, decrypting and destroying a backup key are different people's work."""

from __future__ import annotations

import pytest
from construct_bench import BREAK_GLASS, DEPLOYER, READER, WRITER, role

from holdfast.constructs import Removal

S3 = {"kms_ViaService": "s3.us-east-1.amazonaws.com"}
DESTROYING = ("kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial", "kms:DisableKeyRotation")


@pytest.fixture
def policy(bench):
    # GIVEN a key with a writer and a reader
    bench.key(encrypters=bench.writer, decrypters=bench.reader)
    return bench.template().policy("aws_kms_key")


def test_the_writer_encrypts_through_s3(policy):
    assert policy.decides("kms:GenerateDataKey", by=WRITER, **S3) == "Allow"


def test_the_writer_does_not_decrypt(policy):
    assert policy.decides("kms:Decrypt", by=WRITER, **S3) == "ImplicitDeny"


def test_the_reader_decrypts_through_s3(policy):
    assert policy.decides("kms:Decrypt", by=READER, **S3) == "Allow"


def test_the_reader_does_not_encrypt(policy):
    assert policy.decides("kms:GenerateDataKey", by=READER, **S3) == "ImplicitDeny"


@pytest.mark.parametrize(("who", "action"), [(WRITER, "kms:GenerateDataKey"), (READER, "kms:Decrypt")])
def test_nobody_uses_the_key_but_through_s3(policy, who, action):
    assert policy.decides(action, by=who) == "ImplicitDeny"
    assert policy.decides(action, by=who, kms_ViaService="secretsmanager.us-east-1.amazonaws.com") == "ImplicitDeny"


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"])
def test_the_administrator_does_not_use_the_key(policy, action):
    assert policy.decides(action, by=DEPLOYER, **S3) == "Deny by AdministratorsNeverUse"


def test_an_administrator_given_the_reader_s_work_still_does_not_decrypt(bench):
    # GIVEN a key whose decrypters include the administrator by mistake
    bench.key(decrypters=bench.reader | bench.deployer)

    # THEN the explicit deny wins
    policy = bench.template().policy("aws_kms_key")
    assert policy.decides("kms:Decrypt", by=DEPLOYER, **S3) == "Deny by AdministratorsNeverUse"
    assert policy.decides("kms:Decrypt", by=READER, **S3) == "Allow"


@pytest.mark.parametrize("who", [DEPLOYER, BREAK_GLASS])
def test_two_roles_can_repair_the_policy(policy, who):
    assert policy.decides("kms:PutKeyPolicy", by=who) == "Allow"


@pytest.mark.parametrize("who", [WRITER, READER, role("somebody"), "arn:aws:iam::111122223333:root"])
def test_nobody_else_rewrites_the_policy(policy, who):
    assert policy.decides("kms:PutKeyPolicy", by=who) == "ImplicitDeny"


@pytest.mark.parametrize("action", DESTROYING)
def test_break_glass_destroys(policy, action):
    assert policy.decides(action, by=BREAK_GLASS) == "Allow"


@pytest.mark.parametrize("action", DESTROYING)
@pytest.mark.parametrize("who", [DEPLOYER, WRITER, READER, role("somebody"), "arn:aws:iam::111122223333:root"])
def test_nobody_else_destroys(policy, who, action):
    assert policy.decides(action, by=who) == "Deny by NobodyElseDestroys"


def test_the_same_role_name_in_another_account_is_nobody(policy):
    assert policy.decides("kms:Decrypt", by=role("reader", "999999999999"), **S3) == "ImplicitDeny"
    assert policy.decides("kms:ScheduleKeyDeletion", by=role("break-glass", "999999999999")) != "Allow"


def test_nobody_can_pass_the_key_on_by_a_grant(policy):
    for who in (DEPLOYER, BREAK_GLASS, WRITER, READER):
        assert policy.decides("kms:CreateGrant", by=who) != "Allow"


def test_a_sandbox_key_is_deleted_by_its_deployer(bench):
    bench.key(removal=Removal.DESTROY)

    policy = bench.template().policy("aws_kms_key")
    assert policy.decides("kms:ScheduleKeyDeletion", by=DEPLOYER) == "Allow"
    assert policy.decides("kms:ScheduleKeyDeletion", by=WRITER) == "Deny by NobodyElseDestroys"


def test_grants_are_added_later(bench):
    # GIVEN a key nobody uses
    key = bench.key()

    # WHEN users are granted
    key.grant_encrypt(bench.writer)
    key.grant_decrypt(bench.reader)

    # THEN the template has them
    policy = bench.template().policy("aws_kms_key")
    assert policy.decides("kms:GenerateDataKey", by=WRITER, **S3) == "Allow"
    assert policy.decides("kms:Decrypt", by=READER, **S3) == "Allow"


def test_a_key_without_users_is_used_by_nobody(bench):
    bench.key()

    assert bench.template().policy("aws_kms_key").sids == [
        "AdministerTheKey",
        "AdministratorsNeverUse",
        "BreakGlass",
        "NobodyElseDestroys",
    ]
