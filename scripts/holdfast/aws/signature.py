"""The signature of a plain GetObject (AWS Signature Version 4), a twentieth of the work botocore's signer takes for it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html. Only what a GET of one object
needs: no query, no body, and no header beside host, date, digest of the body and session token. Tests hold every
signature against botocore's.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

_NO_BODY = hashlib.sha256(b"").hexdigest()
_UNCHANGED = "/-_.~"


@dataclass(frozen=True)
class Signed:
    """Who signs for which Region. Secret: it is never logged, and `repr` does not show it."""

    region: str
    access_key: str
    secret_key: str
    token: str | None

    def __repr__(self) -> str:
        return f"Signed(region={self.region!r}, access_key={self.access_key!r})"

    def get(self, host: str, path: str, now: datetime) -> bytes:
        """A signed HTTP/1.1 request for an object.

        Args:
            host: of the request, with the port unless it is the usual one.
            path: of the object, not yet quoted.
            now: the time, UTC. S3 refuses what is 15 minutes off.
        """
        path, time = quote(path, safe=_UNCHANGED), _spelt(now.replace(microsecond=0))
        token = f"x-amz-security-token:{self.token}\n" if self.token else ""
        names = "host;x-amz-content-sha256;x-amz-date" + (";x-amz-security-token" if self.token else "")
        headers = f"host:{host}\nx-amz-content-sha256:{_NO_BODY}\nx-amz-date:{time}\n{token}"
        request = f"GET\n{path}\n\n{headers}\n{names}\n{_NO_BODY}"
        scope = f"{time[:8]}/{self.region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(_key(self.secret_key, time[:8], self.region), text.encode(), "sha256").hex()
        credential = f"Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        lines = headers.replace("\n", "\r\n")
        return f"GET {path} HTTP/1.1\r\n{lines}authorization:AWS4-HMAC-SHA256 {credential}\r\n\r\n".encode()


@lru_cache(maxsize=2)
def _spelt(second: datetime) -> str:
    return second.strftime("%Y%m%dT%H%M%SZ")


@lru_cache(maxsize=8)
def _key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
