"""DSSE as its specification has it, and stricter where every byte of a file has to count."""

from __future__ import annotations

import base64
import json

import pytest
from evidence_ground import MemoryKms, new_signer, other_half

from holdfast.evidence.envelope import PAYLOAD_TYPE, open_envelope, pae, seal
from holdfast.evidence.keys import TrustedKey
from holdfast.evidence.kms_signer import KmsSigner
from holdfast.evidence.refusals import (
    BadSignature,
    ExtraSignature,
    KeyIdMismatch,
    MalleableSignature,
    NotAnEnvelope,
    NotBase64,
    NotCanonical,
    RepeatedSignature,
    SignatureMissing,
    UnknownSigner,
    WrongPayloadType,
)
from holdfast.evidence.strict_json import canonical

PAYLOAD = b'{"a":">>>???"}'
"""Its base64 has characters in which the two alphabets differ."""


@pytest.fixture(scope="module")
def signer():
    return new_signer()


@pytest.fixture(scope="module")
def sealed(signer) -> dict:
    return json.loads(seal(PAYLOAD, signer))


def opened(document: dict, *keys) -> bytes:
    return open_envelope(canonical(document) + b"\n", [TrustedKey(key.public_key) for key in keys]).payload


def test_the_specification_s_vector_is_signed_byte_for_byte() -> None:
    """https://github.com/secure-systems-lab/dsse/blob/master/protocol.md"""
    assert pae(b"hello world", "http://example.com/HelloWorld") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_lengths_are_counted_in_bytes() -> None:
    assert pae("é".encode(), "ü") == b"DSSEv1 2 \xc3\xbc 2 \xc3\xa9"


def test_what_was_sealed_opens(sealed: dict, signer) -> None:
    assert opened(sealed, signer) == PAYLOAD
    assert sealed["payloadType"] == PAYLOAD_TYPE == "application/vnd.in-toto+json"


def test_every_trusted_key_is_tried_whatever_the_key_id_says(sealed: dict, signer) -> None:
    assert opened(sealed, new_signer(), signer, new_signer()) == PAYLOAD


def test_no_trusted_key_means_no_verification(sealed: dict) -> None:
    with pytest.raises(UnknownSigner):
        opened(sealed)


def test_a_key_id_of_a_trusted_key_does_not_make_a_signature_good(sealed: dict, signer) -> None:
    """Mallory signs with her own key and writes the key id everybody trusts."""
    mallory = new_signer()
    forged = json.loads(seal(PAYLOAD, mallory))
    forged["signatures"][0]["keyid"] = sealed["signatures"][0]["keyid"]

    with pytest.raises(BadSignature):
        opened(forged, signer)


def test_a_key_id_that_is_not_the_signer_s_is_refused_although_the_signature_is_good(sealed: dict, signer) -> None:
    other = new_signer().public_key.keyid
    changed = {**sealed, "signatures": [{**sealed["signatures"][0], "keyid": other}]}

    with pytest.raises(KeyIdMismatch):
        opened(changed, signer)


def test_the_urlsafe_alphabet_is_read_as_dsse_asks_but_is_not_how_a_record_is_written(sealed: dict, signer) -> None:
    """A reader must accept both alphabets; the signature is found good, and the file is refused for its bytes."""
    urlsafe = base64.urlsafe_b64encode(PAYLOAD).decode()
    assert urlsafe != sealed["payload"]

    with pytest.raises(NotCanonical):
        opened({**sealed, "payload": urlsafe}, signer)


@pytest.mark.parametrize(
    "payload",
    ["eyJhIjoiPj4+Pz8/In0", "eyJhIjoiPj4+Pz8/In0 =", "eyJh\nIjoiPj4+Pz8/In0=", "é" * 4, "eyJhIjoiPj4+Pz8/In0=="],
)
def test_what_is_not_base64_is_refused(sealed: dict, signer, payload: str) -> None:
    with pytest.raises((NotBase64, BadSignature, NotCanonical)):
        opened({**sealed, "payload": payload}, signer)


def test_base64_with_loose_trailing_bits_is_refused() -> None:
    """`In0=` and `In1=` decode to the same bytes, so the signature alone would not notice."""
    signer = new_signer()
    document = json.loads(seal(b"12", signer))
    assert document["payload"] == "MTI="

    with pytest.raises(NotCanonical):
        opened({**document, "payload": "MTJ="}, signer)


def test_another_payload_type_is_refused(sealed: dict, signer) -> None:
    for other in ("application/json", "", None, 7, [PAYLOAD_TYPE]):
        with pytest.raises(WrongPayloadType):
            opened({**sealed, "payloadType": other}, signer)


def test_a_signature_over_another_payload_type_is_refused(signer) -> None:
    """The type is signed: text signed for another purpose cannot be passed off as a record."""
    keyid = signer.public_key.keyid
    signature = base64.b64encode(signer.sign(pae(PAYLOAD, "text/plain"))).decode()
    payload = base64.b64encode(PAYLOAD).decode()
    document = {"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": keyid, "sig": signature}]}

    with pytest.raises(BadSignature):
        opened(document, signer)


def test_no_signature_one_twice_and_two_are_three_refusals(sealed: dict, signer) -> None:
    one = sealed["signatures"][0]
    two = json.loads(seal(PAYLOAD, new_signer()))["signatures"][0]

    for signatures, refusal in (
        ([], SignatureMissing),
        ([one, one], RepeatedSignature),
        ([one, {**one, "keyid": two["keyid"]}], RepeatedSignature),
        ([one, {**two, "keyid": one["keyid"]}], RepeatedSignature),
        ([one, two], ExtraSignature),
    ):
        with pytest.raises(refusal) as caught:
            opened({**sealed, "signatures": signatures}, signer)
        assert type(caught.value) is refusal


@pytest.mark.parametrize(
    "document",
    [
        [],
        "envelope",
        None,
        {},
        {"payload": "", "payloadType": PAYLOAD_TYPE},
        {"payload": "", "payloadType": PAYLOAD_TYPE, "signatures": {}},
        {"payload": "", "payloadType": PAYLOAD_TYPE, "signatures": ["x"]},
        {"payload": "", "payloadType": PAYLOAD_TYPE, "signatures": [{"sig": ""}]},
        {"payload": "", "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": "", "sig": None}]},
        {"payload": 1, "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": "", "sig": ""}]},
    ],
)
def test_what_is_no_envelope_is_refused(document, signer) -> None:
    with pytest.raises(NotAnEnvelope):
        opened(document, signer)


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: data.replace(b'","', b'", "', 1),
        lambda data: json.dumps(json.loads(data), indent=2).encode(),
        lambda data: data.replace(b'"payload"', b'"\\u0070ayload"'),
        lambda data: canonical({**json.loads(data), "note": "added"}) + b"\n",
    ],
)
def test_another_spelling_of_the_same_envelope_is_refused(sealed: dict, signer, rewrite) -> None:
    data = canonical(sealed) + b"\n"

    with pytest.raises(NotCanonical):
        open_envelope(rewrite(data), [TrustedKey(signer.public_key)])


def test_the_second_spelling_of_an_ecdsa_signature_is_refused() -> None:
    """(r, s) and (r, n - s) both verify; anybody can turn one into the other without the key."""
    signer = KmsSigner(MemoryKms(), "alias/evidence")
    document = json.loads(seal(PAYLOAD, signer))
    twin = other_half(base64.b64decode(document["signatures"][0]["sig"]), high=True)
    document["signatures"][0]["sig"] = base64.b64encode(twin).decode()

    with pytest.raises(MalleableSignature):
        opened(document, signer)


def test_what_kms_signs_is_always_written_in_the_first_spelling() -> None:
    kms = MemoryKms()
    signer = KmsSigner(kms, "alias/evidence")

    for number in range(8):
        assert open_envelope(seal(b"%d" % number, signer), [TrustedKey(signer.public_key)])
