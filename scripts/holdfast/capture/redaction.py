"""Taking out what looks like a secret, whoever put it there: a password in a tag, a key in a description.

Fields are chosen so that no secret is in them; this is the second line, for what people write where they should not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.evidence.errors import SecretInRecord
from holdfast.evidence.leaks import refuse_secrets

REDACTED = "(redacted: not captured)"


def looks_secret(text: str) -> bool:
    """Whether a text holds a private key, a token, a password in a URL, or an AWS secret key."""
    try:
        refuse_secrets({"text": text})
    except SecretInRecord:
        return True
    return False


def scrubbed(value: Any) -> Any:
    """The same values, texts that look like a secret replaced."""
    if isinstance(value, str):
        return REDACTED if looks_secret(value) else value
    if isinstance(value, Mapping):
        return {key: scrubbed(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(each) for each in value]
    return value
