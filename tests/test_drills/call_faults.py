"""Faults of any call a drill makes, put where botocore sends it: what was met, by operation, in how many attempts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.endpoint
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

Fault = Callable[[Any, Any], AWSResponse]


class Raw:
    """The body of an answer."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_):
        yield self.body


def throttled(request, model):
    return AWSResponse(request.url, 503, {}, Raw(b""))


def failed(request, model):
    return AWSResponse(request.url, 500, {}, Raw(b""))


def cut_off(request, model):
    raise ConnectionClosedError(endpoint_url=request.url)


def unanswered(request, model):
    raise ReadTimeoutError(endpoint_url=request.url)


def refused(status: int, code: str) -> Fault:
    """The service says no, in the form it says so."""

    def answer(request, model):
        text = f"{code}, as the test wants it"
        protocol = model.service_model.metadata["protocol"]
        xml = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
        body = {
            "rest-xml": xml,
            "query": f"<ErrorResponse>{xml}</ErrorResponse>",
            "ec2": f"<Response><Errors>{xml}</Errors></Response>",
        }.get(protocol) or json.dumps({"__type": code, "message": text})
        head = request.method == "HEAD"
        headers = {"x-amzn-errortype": code} if protocol == "rest-json" else {}
        return AWSResponse(request.url, status, headers, Raw(b"" if head else body.encode()))

    return answer


@dataclass
class Met:
    """What calls came to.

    Args:
        operations: how many faults each operation met, by `service:Operation`.
        attempts: how often each call that met one was sent, by operation.
    """

    operations: dict[str, int] = field(default_factory=dict)
    attempts: dict[str, list[int]] = field(default_factory=dict)


class _Unhurried:
    """The module `time`, but nobody who retries waits."""

    def __getattr__(self, name):
        return (lambda _: None) if name == "sleep" else getattr(time, name)


@contextmanager
def meeting(choose: Callable[[str, int], Fault | None]) -> Iterator[Met]:
    """Have `choose(operation, how many attempts of it there were)` say what becomes of each attempt to send a call."""
    met, now, lock = Met(), threading.local(), threading.Lock()
    seen: dict[str, int] = {}
    real_request, real_send, real_time = Endpoint._send_request, Endpoint._send, botocore.endpoint.time

    def send_request(self, arguments, model):
        before = getattr(now, "model", None), getattr(now, "attempts", 0), getattr(now, "hit", False)
        now.model, now.attempts, now.hit = model, 0, False
        try:
            return real_request(self, arguments, model)
        finally:
            if now.hit:
                with lock:
                    met.attempts.setdefault(_name(model), []).append(now.attempts)
            now.model, now.attempts, now.hit = before

    def send(self, request):
        name = _name(now.model)
        now.attempts += 1
        with lock:
            number = seen.get(name, 0)
            seen[name] = number + 1
            met.operations.setdefault(name, 0)
            fault = choose(name, number)
            met.operations[name] += fault is not None
        if fault is None:
            return real_send(self, request)
        now.hit = True
        return fault(request, now.model)

    Endpoint._send_request, Endpoint._send, botocore.endpoint.time = send_request, send, _Unhurried()
    try:
        yield met
    finally:
        Endpoint._send_request, Endpoint._send, botocore.endpoint.time = real_request, real_send, real_time


def _name(model) -> str:
    return f"{model.service_model.service_name}:{model.name}"
