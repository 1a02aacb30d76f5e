"""Which keys are accepted, for which time, and that a key's file counts byte by byte too."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from evidence_ground import START, MemoryKms, new_signer

from holdfast.evidence.errors import EvidencePathMissing, SigningKeyUnsuitable, UnusableKey
from holdfast.evidence.keys import PublicKey, TrustedKey, read_trusted_key
from holdfast.evidence.kms_signer import KmsSigner
from holdfast.evidence.refusals import BadSignature, KeyExpired, KeyFileDamaged, KeyNotYetValid

MILLISECOND = timedelta(milliseconds=1)


def pem_of(public_key) -> bytes:
    return public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def key() -> PublicKey:
    return new_signer().public_key


def test_the_key_id_is_what_openssl_computes(key: PublicKey, tmp_path) -> None:
    (tmp_path / "key.pem").write_bytes(key.pem)
    to_der = ["openssl", "pkey", "-pubin", "-in", str(tmp_path / "key.pem"), "-outform", "DER"]
    der = subprocess.run(to_der, capture_output=True, check=True).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-r"], input=der, capture_output=True, check=True).stdout

    assert digest.decode().split()[0] == key.keyid


@pytest.mark.parametrize(
    "change",
    [
        lambda pem: pem + b"\n",
        lambda pem: pem[:-1],
        lambda pem: b"# trusted by all\n" + pem,
        lambda pem: pem.replace(b"\n", b"\r\n"),
        lambda pem: pem + pem,
        lambda pem: pem[:40],
        lambda _pem: b"",
        lambda _pem: b"not a key",
        lambda _pem: pem_of(generate_private_key(SECP384R1()).public_key()),
        lambda _pem: pem_of(generate_rsa_key(65537, 2048).public_key()),
    ],
)
def test_anything_but_the_usual_pem_of_a_known_kind_of_key_is_refused(key: PublicKey, change) -> None:
    with pytest.raises(KeyFileDamaged):
        PublicKey.from_pem(change(key.pem))


@pytest.mark.parametrize("make", [new_signer, lambda: KmsSigner(MemoryKms(), "alias/evidence")])
def test_every_flipped_bit_of_a_key_file_is_noticed(make) -> None:
    """It is no key any more, or not the one that verifies."""
    signer = make()
    pem, signature = signer.public_key.pem, signer.sign(b"data")
    for position in range(len(pem) * 8):
        flipped = bytearray(pem)
        flipped[position // 8] ^= 1 << position % 8
        with pytest.raises((KeyFileDamaged, BadSignature)):
            PublicKey.from_pem(bytes(flipped)).verify(signature, b"data")


def test_a_key_is_valid_at_both_boundary_moments(key: PublicKey) -> None:
    trusted = TrustedKey(key, valid_from=START, valid_until=START + timedelta(days=1))

    trusted.check_window(START)
    trusted.check_window(START + timedelta(days=1))
    with pytest.raises(KeyNotYetValid):
        trusted.check_window(START - MILLISECOND)
    with pytest.raises(KeyExpired):
        trusted.check_window(START + timedelta(days=1) + MILLISECOND)


def test_a_record_made_after_its_key_expired_is_refused(ground) -> None:
    ground.write("drill-1")
    ground.write("drill-2")
    window = [TrustedKey(ground.signer.public_key, valid_until=START)]

    result = ground.verify(keys=window)

    assert [finding.code for finding in result.findings] == ["key-expired"]
    assert [record.chain.sequence for _, record in result.records] == [1]


def test_a_key_file_with_a_validity_is_read_back(key: PublicKey, tmp_path) -> None:
    trusted = TrustedKey(key, valid_from=START, valid_until=START + timedelta(days=1))
    path = tmp_path / "key.json"
    path.write_bytes(trusted.document())

    assert read_trusted_key(path) == trusted


@pytest.mark.parametrize("indent", [None, 2])
def test_a_key_file_written_by_hand_is_read_as_well(key: PublicKey, tmp_path, indent) -> None:
    path = tmp_path / "key.json"
    fields = {"pem": key.pem.decode(), "valid_until": f"{START:%Y-%m-%dT%H:%M:%SZ}", "schema": "holdfast.trusted-key/1"}
    path.write_text(json.dumps(fields, indent=indent))

    assert read_trusted_key(path) == TrustedKey(key, valid_until=START)


@pytest.mark.parametrize(
    "change",
    [
        lambda doc: doc | {"schema": "holdfast.trusted-key/2"},
        lambda doc: doc | {"pem": 7},
        lambda doc: doc | {"pem": "x"},
        lambda doc: doc | {"valid_until": "tomorrow"},
        lambda doc: doc | {"valid_until": "2026-11-22T02:00:00+"},
        lambda doc: doc | {"valid_until": 20261122},
        lambda doc: doc | {"comment": "mine"},
        lambda doc: {"schema": doc["schema"]},
    ],
)
def test_a_key_file_that_says_something_else_is_one_clear_error(key: PublicKey, tmp_path, change) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(change(json.loads(TrustedKey(key).document()))))

    with pytest.raises(UnusableKey, match=r"key\.json"):
        read_trusted_key(path)


def test_no_flipped_bit_of_a_trusted_key_document_passes_for_the_same(key: PublicKey, tmp_path) -> None:
    trusted = TrustedKey(key, valid_until=START)
    path, data = tmp_path / "key.json", trusted.document()
    for position in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        path.write_bytes(flipped)
        try:
            assert read_trusted_key(path) != trusted
        except UnusableKey:
            continue


def test_a_missing_a_linked_and_an_empty_key_file_are_clear_errors(key: PublicKey, tmp_path) -> None:
    (tmp_path / "key.pem").write_bytes(key.pem)
    (tmp_path / "link.pem").symlink_to("key.pem")
    (tmp_path / "empty.pem").touch()

    with pytest.raises(EvidencePathMissing):
        read_trusted_key(tmp_path / "none.pem")
    for name in ("link.pem", "empty.pem"):
        with pytest.raises(UnusableKey, match=name):
            read_trusted_key(tmp_path / name)


def test_a_key_file_longer_than_any_key_is_not_read(tmp_path) -> None:
    (tmp_path / "key.pem").write_bytes(b"\n" * 17_000)

    with pytest.raises(UnusableKey, match="more than 16384 bytes"):
        read_trusted_key(tmp_path / "key.pem")


@pytest.mark.parametrize(("spec", "usage"), [("RSA_2048", "SIGN_VERIFY"), ("ECC_NIST_P256", "KEY_AGREEMENT")])
def test_a_kms_key_of_another_kind_does_not_sign_evidence(spec: str, usage: str) -> None:
    kms = MemoryKms()
    kms.spec, kms.usage = spec, usage

    with pytest.raises(SigningKeyUnsuitable, match=spec):
        _ = KmsSigner(kms, "alias/evidence").public_key


def test_a_kms_alias_moved_to_another_key_in_between_is_noticed_before_the_signature_is_used() -> None:
    kms, other = MemoryKms(), MemoryKms()
    signer = KmsSigner(kms, "alias/evidence")
    assert signer.public_key
    kms.sign = other.sign

    with pytest.raises(SigningKeyUnsuitable, match="does not verify"):
        signer.sign(b"data")
