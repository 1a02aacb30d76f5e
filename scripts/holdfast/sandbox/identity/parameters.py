"""Condition keys that are parameters of the request itself and that the emulator leaves out.

`cloudwatch:namespace` is the only one a policy here asks for
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs

NAMESPACE = "cloudwatch:namespace"


_arrived: ContextVar[bytes] = ContextVar("holdfast_request_body", default=b"")


def remembering(pin: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """`pin_signed_body`: the body of the request stays known until it is answered, not only until it is verified."""

    def answer(body: bytes) -> None:
        _arrived.set(body)
        pin(body)

    return answer


def with_namespace(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """`_resolve_condition_key`, which also knows the namespace metrics are put into."""

    def answer(key: str, context: Any) -> Any:
        return _namespace(_arrived.get()) if key.lower() == NAMESPACE else resolve(key, context)

    return answer


def _namespace(body: bytes) -> str | None:
    """Of a call in JSON or as a form; None in any other protocol, so that a policy that asks for one refuses it."""
    text = body.decode("utf-8", "replace")
    if text.startswith("{"):
        try:
            named = json.loads(text).get("Namespace")
        except ValueError:
            return None
        return named if isinstance(named, str) else None
    return next(iter(parse_qs(text).get("Namespace", [])), None)
