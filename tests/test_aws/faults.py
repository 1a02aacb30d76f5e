"""Answers a service could give, put in its mouth just before a request would be sent."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import botocore.endpoint
from botocore.awsrequest import AWSResponse


class Body(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_):
        yield self.read()


def answer(status: int, code: str, message: str = "put here by a test") -> Callable:
    """A handler that answers every request with an error."""

    def handle(request, **_):
        text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>" if request.method != "HEAD" else ""
        return AWSResponse(request.url, status, {"content-type": "application/xml"}, Body(text.encode()))

    return handle


SLOW_DOWN = answer(503, "SlowDown", "Please reduce your request rate.")


class Faults:
    """Makes some of a client's requests fail.

    Args:
        client: a boto3 client.
        handler: what they are answered with.
        when: decides for each request whether it fails.
        operation: only this one.
    """

    def __init__(self, client, handler, when: Callable[[], bool] = lambda: True, operation: str = "") -> None:
        self.client, self.seen, self.injected = client, 0, 0
        self._name = f"before-send.s3.{operation}" if operation else "before-send.s3"

        def handle(**event):
            self.seen += 1
            if not when():
                return None
            self.injected += 1
            return handler(**event)

        self._handle = handle
        client.meta.events.register(self._name, handle)

    def stop(self) -> None:
        self.client.meta.events.unregister(self._name, self._handle)


def rate(share: float, seed: int) -> Callable[[], bool]:
    """True for this share of the calls, the same ones for the same seed."""
    source = random.Random(seed)  # noqa: S311  # seeded on purpose
    return lambda: source.random() < share


def once() -> Callable[[], bool]:
    """True the first time."""
    left = [True]
    return lambda: bool(left and left.pop())


def without_waiting(monkeypatch) -> None:
    """botocore waits between its own retries; here it does not."""

    class NoTime:
        def __getattr__(self, name):
            import time

            return getattr(time, name)

        def sleep(self, _):
            return None

    monkeypatch.setattr(botocore.endpoint, "time", NoTime())
