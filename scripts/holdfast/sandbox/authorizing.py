"""One question the emulator answers beside AWS's API: may whoever sent this request do that?

The sandbox's own AWS Backup has no users and no policies; the emulator has both. It is asked with the request as it
came, so that it checks the signature of a user's or a role session's key itself, the policies of the caller, and the
policy of the vault as a resource policy. The question carries the secret of the run: nobody else may ask.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from holdfast.sandbox.replaying import Application

PATH = "/_holdfast/authorize"
_SCOPE = re.compile(rb"Credential=[^/]+/[0-9]{8}/[a-z0-9-]+/([a-z0-9-]+)/aws4_request")
_MOST_BYTES = 4 * 1024 * 1024


def authorizing(
    application: Application, decide: Callable[[dict[str, Any]], dict[str, Any]] | None = None
) -> Application:
    """The ASGI application, made to answer this question as well.

    Args:
        application: the emulator.
        decide: answers a question; the emulator's own IAM unless given.
    """
    answer_to = decide or by_emulator

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await application(scope, receive, send)
            return
        secret = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if not hmac.compare_digest(secret.encode(), f"Bearer {os.environ.get('AWS_SECRET_ACCESS_KEY', '')}".encode()):
            await _reply(send, 403, {"message": "not the secret of this run"})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body") or len(body) > _MOST_BYTES:
                break
        await _reply(send, 200, answer_to(json.loads(body)))

    return answer


def by_emulator(question: dict[str, Any]) -> dict[str, Any]:
    """Ask ministack's IAM.

    Args:
        question: `method`, `target`, `headers` and `body` (base64) of the request; `region`; `asks`: pairs of action
            and resource that all have to be allowed; `policies`: resource policies by resource; `conditions`: further
            condition keys by resource.

    Returns:
        `allowed`, `principal`, `account`, and when it is refused `code` and `message`.
    """
    from ministack.core import iam_evaluator as iam  # type: ignore[import-untyped]  # it ships no types
    from ministack.core.responses import (  # type: ignore[import-untyped]
        get_account_id,
        set_request_account_id,
        set_request_region,
    )
    from ministack.core.router import extract_access_key_id  # type: ignore[import-untyped]

    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in question["headers"]]
    path, _, query = question["target"].partition("?")
    key = extract_access_key_id({name.lower(): value for name, value in question["headers"]}, {})
    set_request_account_id(iam.find_iam_access_key_account(key) or key)
    set_request_region(question["region"])
    account = get_account_id()
    iam.pin_signed_request(question["method"], path, parse_qs(query, keep_blank_values=True), headers)
    iam.pin_signed_body(base64.b64decode(question["body"]))
    who = iam.authenticate(key, account) if key else iam.AuthError("MissingAuthenticationToken", "no credentials")
    principal = who if isinstance(who, iam.AuthError) else iam.resolve_principal(key, account)
    if isinstance(principal, iam.AuthError):
        return {"allowed": False, "code": principal.code, "message": principal.message}
    service = _signed_for(headers)
    for action, resource in question["asks"]:
        context = iam.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action=action,
            resource_arn=resource,
            region=question["region"],
            service_context={
                "aws:tagkeys": None,
                "iam:passedtoservice": service,
                **{key.lower(): value for key, value in question.get("conditions", {}).get(resource, {}).items()},
            },
            principal_keys=principal.keys,
        )
        policy = question["policies"].get(resource)
        if not _allowed(iam, principal, context, policy):
            why = f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource}"
            return {"allowed": False, "principal": principal.arn, "code": "AccessDeniedException", "message": why}
    return {"allowed": True, "principal": principal.arn, "account": principal.account}


def _signed_for(headers: list[tuple[bytes, bytes]]) -> str:
    """The principal of the service a request is signed for: a role it hands over goes to that service."""
    signed = next((value for name, value in headers if name.lower() == b"authorization"), b"")
    found = _SCOPE.search(signed)
    return f"{found[1].decode('ascii')}.amazonaws.com" if found else ""


def _allowed(iam: Any, principal: Any, context: Any, policy: str | None) -> bool:
    """Deny anywhere refuses, the root included; within one account, an allow on either side is enough."""
    resource = iam.evaluate_resource_policy(policy, context).decision if policy else "ImplicitDeny"
    if resource == "Deny":
        return False
    if principal.policies is None:
        return True
    identity = iam.evaluate(context, principal.policies, *principal.limits).decision
    return identity != "Deny" and "Allow" in {identity, resource}


async def _reply(send: Any, status: int, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
