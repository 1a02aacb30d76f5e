"""Whatever bytes lie in a file: findings or one of our errors, never another exception."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from evidence_ground import START, Ground, new_signer, payload_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.clock import ManualClock
from holdfast.errors import HoldfastError
from holdfast.evidence.envelope import PAYLOAD_TYPE, seal
from holdfast.evidence.keys import PublicKey, TrustedKey, read_trusted_key
from holdfast.evidence.record import read_statement, written
from holdfast.evidence.refusals import Refusal
from holdfast.evidence.signed_record import open_record
from holdfast.evidence.strict_json import canonical
from holdfast.evidence.verification import verify_bytes

SIGNER = new_signer()
KEYS = [TrustedKey(SIGNER.public_key)]
LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        [PAYLOAD_TYPE, "PASSED", "2026-11-22T02:00:00.000Z", "9999-12-31T23:59:59.999Z", "0" * 64, "drill"]
    )
)
JSON = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.sampled_from(["payload", "sig"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def statement() -> dict:
    with TemporaryDirectory() as folder:
        return payload_of(Ground(Path(folder), signer=SIGNER).write().path.read_bytes())


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Refusal):
        open_record(data, KEYS)


@given(JSON)
def test_any_json_is_refused(value) -> None:
    with pytest.raises(Refusal):
        open_record(json.dumps(value).encode("utf-8", "surrogatepass"), KEYS)


@given(JSON, JSON, JSON, st.booleans())
def test_any_value_in_any_field_of_an_envelope_is_refused(payload, keyid, sig, decodable: bool) -> None:
    if decodable:
        payload = base64.b64encode(repr(payload).encode("utf-8", "backslashreplace")).decode()
    envelope = {"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": keyid, "sig": sig}]}

    with pytest.raises(Refusal):
        open_record(json.dumps(envelope).encode("utf-8", "surrogatepass"), KEYS)


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")))
def test_any_signed_content_that_is_no_record_is_refused(payload: bytes) -> None:
    """What somebody with the key could sign."""
    with pytest.raises(Refusal):
        open_record(seal(payload, SIGNER), KEYS)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_in_any_field_of_a_signed_record_is_judged_and_never_crashes(statement: dict, data) -> None:
    """What is accepted has exactly one spelling, and survives being read and written."""
    document = json.loads(json.dumps(statement))
    place, key = data.draw(st.sampled_from(_places(document)))
    place[key] = data.draw(JSON)
    try:
        payload = canonical(document)
        record = open_record(seal(payload, SIGNER), KEYS)
    except Refusal:
        return
    assert written(record.statement) == payload
    _, findings = verify_bytes([("x", seal(payload, SIGNER))], keys=KEYS, clock=ManualClock(START))
    assert all(finding.code for finding in findings)


@given(st.binary(max_size=300))
def test_any_payload_is_read_or_refused(payload: bytes) -> None:
    with pytest.raises(Refusal):
        read_statement(payload)


@given(
    st.binary(max_size=300)
    | st.binary(max_size=80).map(
        lambda each: b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(each) + b"\n-----END PUBLIC KEY-----\n"
    )
)
def test_any_bytes_are_no_key(data: bytes) -> None:
    with pytest.raises(Refusal):
        PublicKey.from_pem(data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")))
def test_any_file_passed_as_a_key_is_one_clear_error(tmp_path, data: bytes) -> None:
    (tmp_path / "key").write_bytes(data)

    with pytest.raises(HoldfastError, match="key"):
        read_trusted_key(tmp_path / "key")


def _places(value, found=None) -> list:
    """Every (container, key) in a document."""
    found = [] if found is None else found
    for key in value if isinstance(value, dict) else range(len(value)):
        found.append((value, key))
        if isinstance(value[key], dict | list):
            _places(value[key], found)
    return found
