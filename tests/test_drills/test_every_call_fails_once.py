"""The first call of every operation a drill makes is throttled, cut off and failed before it is answered: it passes.

Which operations a kind calls is not listed here: whatever it calls is hit, a new one as well.
"""

from __future__ import annotations

import threading

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from kill_trials import TRIALS

from holdfast.drills.engine import run
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox
KINDS = ("access-control",)
"""The others' calls of sets are failed one by one in tests/test_backupsets/test_faults.py."""
LEAST = {"access-control": 10}


class Raw:
    """An answer without a body."""

    def stream(self, **_):
        yield b""


def throttled(request):
    return AWSResponse(request.url, 503, {}, Raw())


def failed(request):
    return AWSResponse(request.url, 500, {}, Raw())


def cut_off(request):
    raise ConnectionClosedError(endpoint_url=request.url)


def unanswered(request):
    raise ReadTimeoutError(endpoint_url=request.url)


ORDERS = {"throttled first": (throttled, cut_off, failed), "no answer first": (unanswered, throttled, failed)}


@pytest.fixture
def failing(monkeypatch):
    """Lets the first call of every operation meet these, one after the other; returns how often each operation did."""

    def fail(faults):
        met, now, lock = {}, threading.local(), threading.Lock()
        real_get, real_send = Endpoint._do_get_response, Endpoint._send

        def get(self, request, operation_model, context):
            now.operation = f"{operation_model.service_model.service_name}:{operation_model.name}"
            return real_get(self, request, operation_model, context)

        def send(self, request):
            with lock:
                number = met.get(now.operation, 0)
                met[now.operation] = min(number + 1, len(faults))
            return faults[number](request) if number < len(faults) else real_send(self, request)

        monkeypatch.setattr(Endpoint, "_do_get_response", get)
        monkeypatch.setattr(Endpoint, "_send", send)
        monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda _: None)
        return met

    return fail


@pytest.fixture(scope="module")
def ground_of(emulator, tmp_path_factory):
    """The ground of each kind, made when it is first asked for."""
    made = {}

    def ground(kind):
        if kind not in made:
            made[kind] = TRIALS[kind].prepare(emulator, tmp_path_factory.mktemp(kind))
        return made[kind]

    return ground


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["throttled first"])
def test_a_passing_fault_of_every_operation_does_no_harm(ground_of, failing, kind, order, tmp_path):
    trial, ground = TRIALS[kind], ground_of(kind)
    fresh = trial.at(ground.environment, ground.endpoints, tmp_path)
    met = failing(ORDERS[order])

    result = run(trial.spec(fresh.environment), fresh.surroundings)

    assert (result.verdict, result.issues) == (Verdict.PASSED, ()), result.reasons
    assert len(met) >= LEAST.get(kind, 5)
    assert set(met.values()) == {len(ORDERS[order])}, met
