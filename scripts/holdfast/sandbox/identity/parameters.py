"""Condition keys that are parameters of the request itself and that the emulator leaves out.

`cloudwatch:namespace` is the only one a policy here asks for
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

NAMESPACE = "cloudwatch:namespace"


def with_namespace(request: Callable[[], Any], resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """`_resolve_condition_key`, which also knows the namespace metrics are put into.

    Args:
        request: the request as it arrived, or nothing.
        resolve: the emulator's own.
    """

    def answer(key: str, context: Any) -> Any:
        if key.lower() != NAMESPACE:
            return resolve(key, context)
        arrived = request()
        return None if arrived is None else _namespace(arrived.body)

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
