"""Every signature is the one botocore makes of the same request."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import botocore.auth
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from holdfast.aws.signature import Signed

NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), min_size=1, max_size=40)
WORDS = st.text(st.sampled_from("ABCDEFGHabcdefgh0123456789+/="), min_size=1, max_size=60)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.decode().removesuffix("\r\n\r\n").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(":") for line in lines)}


def as_botocore_signs(signed: Signed, url: str, now: datetime) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.auth, "get_current_datetime", lambda **_: now.replace(tzinfo=None))
        request = AWSRequest("GET", url)
        credentials = Credentials(signed.access_key, signed.secret_key, signed.token).get_frozen_credentials()
        S3SigV4Auth(credentials, "s3", signed.region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@given(NAMES, WORDS, WORDS, st.one_of(st.none(), WORDS), MOMENTS)
def test_the_signature_is_botocores(name, access, secret, token, now):
    signed = Signed("eu-central-1", access, secret, token)
    path = f"/bucket/objects/{name}"

    found = headers_of(signed.get("127.0.0.1:4566", path, now))

    expected = as_botocore_signs(signed, f"http://127.0.0.1:4566{quote(path, safe='/-_.~')}", now)
    assert found == {**expected, "host": "127.0.0.1:4566"}


def test_the_host_may_name_the_bucket():
    signed = Signed("us-west-2", "AKIA0", "secret", None)
    now, host = datetime(2026, 11, 22, 12, 30, 59, 999_999, tzinfo=UTC), "bucket.s3.us-west-2.amazonaws.com"

    found = headers_of(signed.get(host, "/objects/a", now))

    expected = as_botocore_signs(signed, f"https://{host}/objects/a", now)
    assert found["authorization"] == expected["authorization"]


def test_the_secret_is_not_shown():
    assert "secret" not in repr(Signed("us-west-2", "AKIA0", "secret-key", "secret-token"))


@pytest.mark.parametrize("name", ["a\r\nx-amz-acl: public", "a b?c#d", "\x00"])
def test_no_name_adds_a_line_or_a_query(name: str):
    request = Signed("us-west-2", "AKIA0", "secret", None).get("host", f"/{name}", datetime(2026, 1, 1, tzinfo=UTC))
    first, *rest = request.split(b"\r\n")

    assert first.count(b" ") == 2
    assert not {b"?", b"#"} & {bytes([each]) for each in first}
    assert len(rest) == 6
