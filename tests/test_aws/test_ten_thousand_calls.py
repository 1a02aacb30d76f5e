"""Ten thousand objects through a service that is busy: none is lost, and the load stays bounded."""

from __future__ import annotations

import random
import threading

import pytest
from botocore.awsrequest import AWSResponse
from faults import SLOW_DOWN, Body, Faults, rate, without_waiting
from local_aws import make_environment

from holdfast.aws.endpoints import Endpoints
from holdfast.aws.second_pass import Patience, StillMissing, run_all
from holdfast.aws.sessions import Sessions
from holdfast.clock import ManualClock, SystemClock

OBJECTS = 10_000
MOST = 2.5
"""Calls for each object, retries included."""
SEED = 20261122


class Store:
    """A client of S3 that reaches no network: what is put is kept in a set."""

    def __init__(self):
        nowhere = Endpoints(default="http://127.0.0.1:9", access_key="000000000000", secret_key="none")
        self.client = Sessions(make_environment(), nowhere).client("s3", "us-east-1")
        self.kept, self._lock = set(), threading.Lock()

    def put(self, number):
        self.client.put_object(Bucket="vault", Key=f"objects/{number:05}", Body=b"")

    def answer(self, request, **_):
        with self._lock:
            self.kept.add(request.url.rpartition("/")[2])
        return AWSResponse(request.url, 200, {"etag": '"0"'}, Body(b""))

    def busy(self, share):
        """Answer this share of the requests with 503 SlowDown, and keep what the others bring."""
        busy = rate(share, SEED)
        return Faults(self.client, lambda **event: (SLOW_DOWN if busy() else self.answer)(**event))


@pytest.fixture
def store(monkeypatch):
    without_waiting(monkeypatch)
    return Store()


def put_all(store, call=None):
    patience = Patience(ManualClock(SystemClock().now()), random.Random(SEED))  # noqa: S311  # seeded on purpose
    return run_all(range(OBJECTS), call or store.put, doing="put", name=str, patience=patience)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3])
def test_none_of_ten_thousand_is_lost_and_the_calls_stay_bounded(store, share):
    faults = store.busy(share)

    assert put_all(store) == OBJECTS

    assert len(store.kept) == OBJECTS
    assert faults.seen <= MOST * OBJECTS, f"{faults.seen / OBJECTS:.2f} calls an object"


def test_where_every_other_call_is_refused_it_is_complete_or_names_exactly_what_is_missing(store):
    store.busy(0.5)
    try:
        done = put_all(store)
        missing = set()
    except StillMissing as error:
        missing = {int(each) for each in error.values["missing"]}
        done = OBJECTS - len(missing)

    assert {int(key) for key in store.kept} == set(range(OBJECTS)) - missing
    assert done == len(store.kept)
