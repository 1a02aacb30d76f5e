"""A repeated request is answered as its first attempt was."""

from __future__ import annotations

import asyncio
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast.sandbox.replaying import replaying


class Counter:
    """An ASGI application that counts what reaches it and answers with the count."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.reached = list(statuses), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached += 1
        status = self.statuses.pop(0) if self.statuses else 200
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": str(self.reached).encode()})


async def ask(application: Any, *, attempt: int, invocation: str | None = "one", method: str = "POST") -> str:
    headers = [(b"amz-sdk-request", f"attempt={attempt}; max=3".encode())]
    if invocation:
        headers.append((b"amz-sdk-invocation-id", invocation.encode()))
    heard: list[Any] = []

    async def send(message: Any) -> None:
        heard.append(message)

    await application({"type": "http", "method": method, "headers": headers}, None, send)
    return "".join(message.get("body", b"").decode() for message in heard)


def test_a_retry_is_answered_as_the_first_attempt_was():
    application = Counter()
    served = replaying(application)

    async def talk() -> list[str]:
        return [await ask(served, attempt=1), await ask(served, attempt=2), await ask(served, attempt=3)]

    assert asyncio.run(talk()) == ["1", "1", "1"]
    assert application.reached == 1


def test_a_retry_while_the_first_attempt_still_runs_waits_for_it():
    application = Counter()
    served = replaying(application)

    async def talk() -> list[str]:
        return await asyncio.gather(ask(served, attempt=1), ask(served, attempt=2))

    assert asyncio.run(talk()) == ["1", "1"]


@pytest.mark.parametrize("status", [400, 409, 500, 503])
def test_an_error_is_not_repeated(status: int):
    application = Counter(status)
    served = replaying(application)

    async def talk() -> list[str]:
        return [await ask(served, attempt=1), await ask(served, attempt=2)]

    assert asyncio.run(talk()) == ["1", "2"]


def test_an_attempt_whose_client_went_away_is_repeated_from_what_was_noted():
    application = Counter()
    served = replaying(application)

    async def lost(_message: Any) -> None:
        raise ConnectionResetError

    async def talk() -> str:
        headers = [(b"amz-sdk-request", b"attempt=1"), (b"amz-sdk-invocation-id", b"one")]
        await served({"type": "http", "method": "POST", "headers": headers}, None, lost)
        return await ask(served, attempt=2)

    assert asyncio.run(talk()) == "1"


@pytest.mark.parametrize("asked", [{"invocation": None}, {"method": "PUT"}, {"method": "GET"}])
def test_what_is_no_sdk_post_goes_through(asked: dict[str, Any]):
    application = Counter()
    served = replaying(application)

    async def talk() -> list[str]:
        return [await ask(served, attempt=1, **asked), await ask(served, attempt=2, **asked)]

    assert asyncio.run(talk()) == ["1", "2"]


def test_another_request_of_the_same_kind_is_refused_by_the_emulator_as_ever(shared):
    _, endpoints = shared
    iam = boto3.client(
        "iam",
        endpoint_url=endpoints.default,
        region_name="us-east-1",
        aws_access_key_id=endpoints.access_key,
        aws_secret_access_key=endpoints.secret_key,
        verify=endpoints.ca_bundle,
    )
    trust = '{"Version":"2012-10-17","Statement":[]}'
    invocation = {"id": "7f0c", "attempt": "1"}

    def label(request: Any, **_: Any) -> None:
        request.headers["amz-sdk-invocation-id"] = invocation["id"]
        request.headers["amz-sdk-request"] = f"attempt={invocation['attempt']}"

    iam.meta.events.register("before-send.iam.CreateRole", label)
    first = iam.create_role(RoleName="replayed", AssumeRolePolicyDocument=trust)["Role"]
    invocation["attempt"] = "2"
    again = iam.create_role(RoleName="replayed", AssumeRolePolicyDocument=trust)["Role"]
    assert again["RoleId"] == first["RoleId"]
    invocation.update(id="7f0d", attempt="1")
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        iam.create_role(RoleName="replayed", AssumeRolePolicyDocument=trust)
    iam.delete_role(RoleName="replayed")
