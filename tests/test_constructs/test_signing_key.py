"""Evidence is signed with a P-256 key by few, and verified by whoever has the public half."""

from __future__ import annotations

import pytest
from construct_bench import BREAK_GLASS, DEPLOYER, READER, WRITER

from holdfast.constructs import SigningKey
from holdfast.constructs.errors import OutsideLimit


def declare(bench, **props):
    defaults = {"alias": "alias/signing", "administrators": bench.deployer, "break_glass": bench.break_glass}
    return SigningKey(bench.stack, "SigningKey", **{**defaults, **props})


def test_the_key_signs_with_ecdsa_p256(bench):
    declare(bench)

    key = bench.template().only("aws_kms_key")
    assert (key["customer_master_key_spec"], key["key_usage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert "enable_key_rotation" not in key
    assert key["lifecycle"] == {"prevent_destroy": True}


def test_signers_sign_and_verifiers_verify(bench):
    key = declare(bench)
    key.grant_sign(bench.writer)
    key.grant_verify(bench.reader)

    policy = bench.template().policy("aws_kms_key")
    assert policy.decides("kms:Sign", by=WRITER) == "Allow"
    assert policy.decides("kms:GetPublicKey", by=READER) == "Allow"


def test_nobody_else_signs(bench):
    key = declare(bench, signers=bench.writer, verifiers=bench.reader)

    policy = bench.template().policy("aws_kms_key")
    assert key.alias == "alias/signing"
    assert policy.decides("kms:Sign", by=READER) == "ImplicitDeny"
    assert policy.decides("kms:Sign", by=BREAK_GLASS) == "ImplicitDeny"
    assert policy.decides("kms:Sign", by=DEPLOYER) == "Deny by AdministratorsNeverUse"


def test_nobody_but_break_glass_destroys_it(bench):
    declare(bench, signers=bench.writer)

    policy = bench.template().policy("aws_kms_key")
    assert policy.decides("kms:ScheduleKeyDeletion", by=BREAK_GLASS) == "Allow"
    for who in (DEPLOYER, WRITER):
        assert policy.decides("kms:ScheduleKeyDeletion", by=who) == "Deny by NobodyElseDestroys"


def test_a_bad_alias_names_the_construct(bench):
    with pytest.raises(OutsideLimit, match="SigningKey: alias is 'signing'"):
        declare(bench, alias="signing")
