"""An event worth an alert: its pattern, and what the alert says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Pattern = Mapping[str, Any]

CALL = "AWS API Call via CloudTrail"
"""The detail-type of API calls; EventBridge gets them only where a trail logs them."""


@dataclass(frozen=True)
class WatchedEvent:
    """An event EventBridge can match.

    Args:
        name: what it is called: part of the rule's name, and the id of its constructs.
        pattern: the event pattern.
        what: what happened, as the first sentence of the alert. `<name>` stands for a fact.
        facts: where in the event each fact of `what` is, as JSON paths.
    """

    name: str
    pattern: Pattern
    what: str
    facts: Mapping[str, str]

    def text(self) -> str:
        """The pattern as compact JSON."""
        return json.dumps(self.pattern, separators=(",", ":"))


def call(name: str, service: str, actions: Sequence[str], what: str, **parameters: Sequence[str]) -> WatchedEvent:
    """API calls of a service, allowed or refused, where request parameters have one of the values given."""
    detail: dict[str, Any] = {"eventSource": [f"{service}.amazonaws.com"], "eventName": list(actions)}
    if parameters:
        detail["requestParameters"] = {key: list(values) for key, values in parameters.items()}
    return WatchedEvent(
        name,
        {"source": [f"aws.{service}"], "detail-type": [CALL], "detail": detail},
        f"{what}: <action> by <who> from <address>, refused with: <refusal>.",
        {
            "action": "$.detail.eventName",
            "who": "$.detail.userIdentity.arn",
            "address": "$.detail.sourceIPAddress",
            "refusal": "$.detail.errorCode",
        },
    )


def state_change(name: str, service: str, kind: str, detail: Pattern, what: str, **facts: str) -> WatchedEvent:
    """An event a service sends of its own accord."""
    return WatchedEvent(name, {"source": [f"aws.{service}"], "detail-type": [kind], "detail": detail}, what, facts)
