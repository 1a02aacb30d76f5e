"""One-time codes by time, as virtual MFA devices show them: RFC 6238 with SHA-1, 30 seconds and six digits."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

PERIOD = 30
"""Seconds a code is shown (RFC 6238, section 5.2); AWS's virtual devices take no other."""
DIGITS = 6
_SEED_BYTES = 20  # RFC 4226, section 4, R6: 160 bits recommended


def new_seed() -> str:
    """A random seed in Base32, for an authenticator to be told."""
    return base64.b32encode(secrets.token_bytes(_SEED_BYTES)).decode()


def period_of(moment: datetime) -> int:
    """The number of the period a moment lies in, counted from 1970."""
    return int(moment.timestamp()) // PERIOD


def code_in(seed: str, period: int) -> str:
    """What an authenticator with this seed shows in a period.

    Raises:
        ValueError: the seed is no Base32.
    """
    try:
        key = base64.b32decode(seed)
    except binascii.Error as error:
        raise ValueError(f"a seed is Base32: {error}") from error
    digest = hmac.digest(key, struct.pack(">Q", period), "sha1")
    start = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}d}"


def otpauth(serial: str, seed: str) -> str:
    """The URI an authenticator takes, usually as a QR code
    (https://github.com/google/google-authenticator/wiki/Key-Uri-Format).
    """
    return f"otpauth://totp/{quote(serial)}?{urlencode({'secret': seed, 'issuer': 'Holdfast sandbox'})}"
