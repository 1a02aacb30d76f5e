"""Who may call what: asked of the emulator's IAM, resource policies of the service included."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

from holdfast.sandbox.authorizing import PATH
from holdfast.sandbox.service.credential import scope_of
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Caller, Incoming

_SECONDS = 10.0
_CONNECTIONS = 16
_ACCOUNT_DIGITS = 12
_UNSIGNED = "UNSIGNED-PAYLOAD"

Decide = Callable[[dict[str, Any]], dict[str, Any]]
"""Answers one question, as `holdfast.sandbox.authorizing` puts it."""


@dataclass(frozen=True)
class Asks:
    """What a call needs.

    Args:
        actions: pairs of action and resource, all of which have to be allowed. Which resource an action is decided
            for is that of the service authorization reference:
            https://docs.aws.amazon.com/service-authorization/latest/reference/
        policies: resource policies by resource.
        conditions: the condition keys of the service that have a value, by resource: tags that are asked for
            (`aws:RequestTag/…`), tags it has (`aws:ResourceTag/…`), and whatever else a policy may ask of it.
    """

    actions: tuple[tuple[str, str], ...]
    policies: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def tag_keys(of: str, tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as condition keys of a request.

    Args:
        of: `Request`, for what is asked, or `Resource`, for what is there.
        tags: the tags.
    """
    return {f"aws:{of}Tag/{key}": value for key, value in tags.items()}


def asked_of_emulator(address: Callable[[], str], secret: str, bundle: Path) -> Decide:
    """Questions go to the emulator at `address`, over TLS with the certificate of the run; connections are kept."""
    pool = urllib3.PoolManager(ca_certs=str(bundle), maxsize=_CONNECTIONS, timeout=_SECONDS)
    retries = urllib3.Retry(2, allowed_methods=None)  # a question changes nothing, so it may be asked again
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def decide(question: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = pool.request(
                "POST", f"{address()}{PATH}", body=json.dumps(question).encode(), headers=headers, retries=retries
            )
            if answer.status != 200:
                raise ServiceAnswer("ServiceUnavailableException", f"the emulator's IAM says {answer.status}", 503)
            document: dict[str, Any] = json.loads(answer.data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            text = f"the emulator's IAM does not answer: {type(error).__name__}"
            raise ServiceAnswer("ServiceUnavailableException", text, 503) from error
        return document

    return decide


def authorize(decide: Decide, incoming: Incoming, account: str, asks_in: Callable[[str], Asks], denied: str) -> Caller:
    """Let a call through, or not.

    Args:
        decide: who knows.
        incoming: the request.
        account: the account of the sandbox.
        asks_in: what the call needs, when it is about the resources of an account.
        denied: what the service calls a refusal.

    Raises:
        ServiceAnswer: it is refused, or something is wrong with the credentials.
    """
    claimed = _account_claimed(incoming, account)
    caller = _ask(decide, incoming, asks_in(claimed), denied)
    if caller.account != claimed:
        return _ask(decide, incoming, asks_in(caller.account), denied)  # a session of another account: its policies
    return caller


def _ask(decide: Decide, incoming: Incoming, asks: Asks, denied: str) -> Caller:
    unsigned = incoming.named.get("x-amz-content-sha256") == _UNSIGNED
    answer = decide(
        {
            "method": incoming.method,
            "target": incoming.target,
            "headers": [(name.lower(), value) for name, value in incoming.headers],
            "body": "" if unsigned else base64.b64encode(incoming.body).decode(),
            "region": incoming.region,
            "asks": list(asks.actions),
            "policies": dict(asks.policies),
            "conditions": {resource: dict(keys) for resource, keys in asks.conditions.items()},
        }
    )
    if answer["allowed"]:
        return Caller(answer["principal"], answer["account"])
    if answer["code"] == "AccessDeniedException":
        raise ServiceAnswer(denied, f"{answer['message']}. Insufficient privileges to perform this action.", 403)
    raise ServiceAnswer(answer["code"], answer["message"], 403)


def _account_claimed(incoming: Incoming, own: str) -> str:
    """The account whose state to look into first: a root's key is its account, any other key is of the sandbox's."""
    scope = scope_of(incoming.named.get("authorization", ""))
    key = scope.access_key if scope else ""
    return key if key.isdigit() and len(key) == _ACCOUNT_DIGITS else own
