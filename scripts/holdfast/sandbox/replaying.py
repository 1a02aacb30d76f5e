"""A retried request gets the answer its first attempt got.

On a busy machine an answer of the emulator is now and then lost between the two: the client repeats `CreateRole`, is
told that the role exists already, and an apply fails for nothing. AWS SDKs name the request (`amz-sdk-invocation-id`,
the same for each attempt) and count its attempts (`amz-sdk-request: attempt=2; max=25`); that is enough to answer the
second attempt with what the first was told.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

Message = Any  # an ASGI event: a dictionary whose keys depend on its type
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Send], Awaitable[None]]

_REMEMBERED = 512
_LARGEST_ANSWER = 256 * 1024
_ATTEMPT = re.compile(rb"attempt=(\d+)")


def replaying(application: Application) -> Application:
    """The ASGI application, made to answer repeated POST requests with the first attempt's success.

    Only successes are remembered, the newest few hundred: an error is what a retry is for. An attempt that arrives
    while an earlier one still runs waits for it.
    """
    answers: OrderedDict[bytes, asyncio.Future[list[Message] | None]] = OrderedDict()

    async def answer(scope: Any, receive: Any, send: Send) -> None:
        invocation, attempt = _named(scope)
        if invocation is None:
            await application(scope, receive, send)
            return
        if attempt > 1 and invocation in answers:
            recorded = await asyncio.shield(answers[invocation])
            if recorded is not None:
                for message in recorded:
                    await send(message)
                return
        answers[invocation] = heard = asyncio.get_running_loop().create_future()
        while len(answers) > _REMEMBERED:
            answers.popitem(last=False)
        said: list[Message] = []
        try:
            await application(scope, receive, _recording(send, said))
        finally:
            heard.set_result(said if _worth_repeating(said) else None)

    return answer


def _named(scope: Any) -> tuple[bytes | None, int]:
    """The invocation's id and the attempt's number; no id for what is not an SDK's POST."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None, 1
    headers = {name.lower(): value for name, value in scope["headers"]}
    counted = _ATTEMPT.search(headers.get(b"amz-sdk-request", b""))
    return headers.get(b"amz-sdk-invocation-id"), int(counted.group(1)) if counted else 1


def _recording(send: Send, said: list[Message]) -> Send:
    """Note each message before it is sent: a client that went away is no reason to leave the answer half said."""

    async def record(message: Message) -> None:
        said.append(message)
        with contextlib.suppress(OSError):
            await send(message)

    return record


def _worth_repeating(said: list[Message]) -> bool:
    """Whether this is a whole, small success."""
    if not said or not 200 <= said[0].get("status", 0) < 300:
        return False
    if said[-1]["type"] != "http.response.body" or said[-1].get("more_body"):
        return False
    return sum(len(message.get("body", b"")) for message in said) <= _LARGEST_ANSWER
