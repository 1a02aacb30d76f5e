"""Canaries: secrets of every known shape are planted all over a record, and none gets through."""

from __future__ import annotations

import random
import string

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from evidence_ground import record

from holdfast.evidence.errors import SecretInRecord
from holdfast.evidence.leaks import refuse_secrets
from holdfast.evidence.sections import Check, Outcome

PEM = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
AWS_ALPHABET = string.ascii_letters + string.digits + "+/"
CANARIES = [
    PEM,
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "AKIAIOSFODNN7EXAMPLE",
    "key ASIAIOSFODNN7EXAMPLE used",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "secret=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE9;",
    "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ",
    "https://acme-vault.s3.amazonaws.com/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=fe5f",
    "postgres://orders:hunter2@db.internal:5432/orders",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
]


def places(canary: str):
    yield record(checks=(Check(id="a", kind="b", outcome=Outcome.PASSED, observed=canary),))
    yield record(
        checks=(Check(id="a", kind="b", outcome=Outcome.SKIPPED, reason=f"it said {canary} there"), *record().checks)
    )
    yield record(x_later_version={"deep": [{"er": canary}]})


@pytest.mark.parametrize("canary", CANARIES)
def test_a_planted_secret_is_refused_without_being_shown(canary: str) -> None:
    for planted in places(canary):
        with pytest.raises(SecretInRecord) as caught:
            refuse_secrets(planted.document())
        assert canary not in str(caught.value)
        assert canary not in str(caught.value.document())


@pytest.mark.parametrize(
    "name", ["password", "db_password", "SecretAccessKey", "session_token", "private_key", "aws_access_key"]
)
def test_a_field_named_like_a_secret_is_refused_whatever_it_holds(name: str) -> None:
    with pytest.raises(SecretInRecord, match=f"note.{name} "):
        refuse_secrets({"note": {name: "x"}})


def test_a_secret_in_use_is_found_in_values_and_keys_and_not_shown() -> None:
    known = ["hunter2hunter2"]
    for document in ({"a": "so hunter2hunter2!"}, {"hunter2hunter2": 1}, {"a": [{"b-hunter2hunter2": {"c": "d"}}]}):
        with pytest.raises(SecretInRecord) as caught:
            refuse_secrets(document, known)
        assert "hunter2hunter2" not in str(caught.value)


def test_random_secret_access_keys_are_recognized() -> None:
    chosen = random.Random(20261122)  # noqa: S311  # a sample that can be drawn again
    missed = []
    for _ in range(2000):
        canary = "".join(chosen.choices(AWS_ALPHABET, k=40))
        try:
            refuse_secrets([canary])
        except SecretInRecord:
            continue
        missed.append(canary)

    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "arn:aws:sts::111111111111:assumed-role/holdfast-prod-drill-runner/holdfast-drill-runner",
        "arn:aws:kms:us-east-1:111111111111:key/473ea33a-f6c3-41d1-bc57-1d8b701e8129",
        "objects/exports/_/3f/3f2a9c0d1e4b5a6978879605142332415a6b7c8d9e0f1a2b3c4d5e6f708192a3",
        "s3://acme-prod-vault-111111111111-us-east-1/sets/exports/_/20261122T020000Z-0a1b2c3d4e5f/manifest.json",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
        "environments/prod.yaml:12",
        "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY",
        "scripts/Holdfast/Evidence/verification12",
    ],
)
def test_digests_arns_and_paths_are_no_secrets(text: str) -> None:
    refuse_secrets({"observed": text, "list": [text]})


def test_an_empty_or_short_known_secret_does_not_refuse_everything() -> None:
    refuse_secrets({"a": "test"}, ["", "test"])
