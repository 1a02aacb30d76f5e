"""Keep secrets out of records: a record is shown to every auditor and cannot be deleted for years."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from holdfast.evidence.errors import SecretInRecord

_PATTERNS = (
    ("a private key", re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")),
    ("an AWS access key id", re.compile(r"(?<![A-Z0-9])(AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])")),
    ("an AWS session token", re.compile(r"(IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=]{20}")),
    ("a presigned URL", re.compile(r"X-Amz-(Signature|Security-Token)=", re.IGNORECASE)),
    ("a URL with a password", re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@", re.IGNORECASE)),
    ("a JSON Web Token", re.compile(r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")),
)
_NAMES = re.compile(
    r"(secret|password|passwd|passphrase|credential|private_?key|session_?token|access_?key$)", re.IGNORECASE
)
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{40}")
_RANDOM_BITS = 4.3
"""Bits a character: 40 characters drawn at random from 64 have at least this; words and paths have less."""

_SHORTEST_SECRET = 8


def refuse_secrets(document: Any, known: Collection[str] = ()) -> None:  # any JSON
    """Look through every key and text of a document.

    Args:
        document: plain JSON values.
        known: secrets in use now, such as the session's own credentials; they are found wherever they stand.

    Raises:
        SecretInRecord: naming the field, never the value.
    """
    canaries = [secret for secret in known if len(secret) >= _SHORTEST_SECRET]
    for field, name, text in _texts(document, "", ""):
        kind = _kind_of(name, text, canaries)
        if kind:
            raise SecretInRecord(field=field, kind=kind)


def _kind_of(name: str, text: str, canaries: Collection[str]) -> str | None:
    if any(secret in text or secret in name for secret in canaries):
        return "a secret in use"
    if text and _NAMES.search(name):
        return "a secret by its name"
    for kind, pattern in _PATTERNS:
        if pattern.search(text):
            return kind
    if any(_is_random(each) for each in _AWS_SECRET.findall(text)):
        return "an AWS secret access key"
    return None


def _is_random(text: str) -> bool:
    if _HEXADECIMAL.fullmatch(text):
        return False
    bits = -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
    is_mixed = any(map(str.islower, text)) and any(map(str.isupper, text)) and not text.isalpha()
    return bits >= _RANDOM_BITS and is_mixed


def _texts(value: Any, field: str, name: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        yield field, name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield f"{field or 'the record'} (one of its keys)", "", str(key)
            yield from _texts(each, f"{field}.{key}".lstrip("."), str(key))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _texts(each, f"{field}[{index}]", name)
