"""Throttling, outages and refusals in the middle of the work: complete, or a list of what is missing; never silence."""

from __future__ import annotations

import random

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from faults import SLOW_DOWN, Faults, answer, once, rate, without_waiting
from local_aws import PRIMARY, RECOVERY
from vault_ground import REGIONS, one_by_one, tree

from holdfast.aws.errors import AccessRefused, BucketMissing, KeyUnusable, ServiceBusy
from holdfast.aws.second_pass import StillMissing
from holdfast.backupsets.errors import ReadBackFailed
from holdfast.backupsets.fetch import fetch_many
from holdfast.clock import ManualClock

pytestmark = pytest.mark.sandbox

SEED = 20261122
PUSH_OPERATIONS = ("HeadBucket", "ListObjectsV2", "PutObject", "HeadObject", "PutObjectRetention")
CATALOG_OPERATIONS = ("ListObjectVersions", "GetObject")


@pytest.fixture
def clock(ground, monkeypatch):
    """Nothing really waits: neither Holdfast nor botocore."""
    without_waiting(monkeypatch)
    return ManualClock(ground.sessions.server_time(PRIMARY))


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_throttling_loses_nothing(ground, clock, share):
    for number in range(200):
        ground.write(f"many/{number:03}", b"content %d" % number)
    clean = len(ground.versions())
    faults = [Faults(ground.s3(region), SLOW_DOWN, rate(share, SEED + number)) for number, region in enumerate(REGIONS)]
    pushed = ground.push(clock=clock)
    for each in faults:
        each.stop()

    assert clean == 0
    assert pushed.files == 203
    assert sum(each.injected for each in faults) > share * 300
    if share < 0.5:
        assert sum(each.seen for each in faults) <= 2.5 * 2 * 2 * 205
    assert len(ground.committed()) == 1
    assert ground.fetch().is_complete


def test_what_never_gets_through_is_named_in_full_and_nothing_counts(ground, clock):
    for number in range(40):
        ground.write(f"many/{number:03}", b"content %d" % number)
    stuck = {ground.object_key(b"content %d" % number) for number in (3, 17, 29)}

    def handle(request, **event):
        return SLOW_DOWN(request, **event) if any(request.url.endswith(key) for key in stuck) else None

    fault = Faults(ground.s3(RECOVERY), handle)

    with pytest.raises(StillMissing) as caught:
        ground.push(clock=clock)

    assert caught.value.values["missing"] == tuple(sorted(f"{RECOVERY}:{key}" for key in stuck))
    assert ground.keys("sets/") == []
    fault.stop()
    assert ground.push(clock=clock).objects["written"] > 0
    assert len(ground.committed()) == 1


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("operation", PUSH_OPERATIONS)
@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "reset", "timeout"])
def test_one_passing_failure_of_any_call_of_a_push_does_no_harm(ground, clock, operation, region, code):
    if operation == "PutObjectRetention":
        ground.push(rule="daily")
    fault = Faults(ground.s3(region), _passing(code), once(), operation)
    ground.push(clock=clock, rule="weekly")

    assert fault.injected == 1
    assert ground.committed()
    assert ground.fetch().is_complete


@pytest.mark.parametrize("operation", ["ListObjectsV2", "PutObject", "PutObjectRetention"])
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "AccessDenied", AccessRefused),
        (404, "NoSuchBucket", BucketMissing),
        (400, "KMS.DisabledException", KeyUnusable),
        (400, "KMS.KMSInvalidStateException", KeyUnusable),
    ],
)
def test_a_refusal_of_any_call_of_a_push_is_one_attempt_and_one_error(ground, clock, operation, status, code, kind):
    if operation == "PutObjectRetention":
        ground.push(rule="daily")
    before = ground.keys("sets/")
    fault = Faults(ground.s3(RECOVERY), answer(status, code), operation=operation)

    with pytest.raises(kind) as caught:
        ground.push(clock=clock, rule="weekly", workers=1)

    assert fault.injected == 1
    assert caught.value.hint
    assert ground.keys("sets/") == before


@pytest.mark.parametrize(("status", "kind"), [(403, AccessRefused), (404, ReadBackFailed)])
def test_a_read_back_that_is_refused_or_finds_nothing_is_an_error(ground, clock, status, kind):
    fault = Faults(ground.s3(RECOVERY), answer(status, ""), operation="HeadObject")

    with pytest.raises(kind):
        ground.push(clock=clock, workers=1)

    assert fault.injected == 1
    assert ground.keys("sets/") == []


@pytest.mark.parametrize("operation", CATALOG_OPERATIONS)
@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "reset", "timeout"])
def test_one_passing_failure_of_any_call_of_a_catalog_does_no_harm(ground, clock, operation, code):
    ground.push()
    fault = Faults(ground.s3(RECOVERY), _passing(code), once(), operation)

    assert len(ground.committed(clock=clock)) == 1
    assert fault.injected == 1


@pytest.mark.parametrize("operation", CATALOG_OPERATIONS)
def test_a_refusal_of_any_call_of_a_catalog_is_an_error_and_no_empty_list(ground, clock, operation):
    ground.push()
    Faults(ground.s3(RECOVERY), answer(403, "AccessDenied"), operation=operation)

    with pytest.raises(AccessRefused, match="catalog: access denied"):
        ground.catalog(clock=clock)


def test_a_service_that_stays_busy_is_an_error_and_no_empty_list(ground, clock):
    ground.push()
    Faults(ground.s3(PRIMARY), SLOW_DOWN)

    with pytest.raises(ServiceBusy):
        ground.catalog(clock=clock)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_throttled_reads_restore_everything(ground, clock, share):
    for number in range(100):
        ground.write(f"many/{number:03}", b"content %d" % number)
    ground.push()
    entries = one_by_one(ground.open())
    fault = Faults(ground.s3(RECOVERY), SLOW_DOWN, rate(share, SEED))
    fetched = fetch_many(entries, ground.folder / "restored", clock=clock)
    fault.stop()

    assert fetched.is_complete
    assert fault.injected > share * 80
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_a_file_whose_reads_never_get_through_is_named_and_the_rest_restored(ground, clock):
    ground.push()
    entries = one_by_one(ground.open())
    key = ground.object_key(b"three files")

    def handle(request, **event):
        return SLOW_DOWN(request, **event) if request.url.endswith(key) else None

    Faults(ground.s3(RECOVERY), handle)
    entries.reader._patience = type(entries.reader._patience)(clock, random.Random(1))  # noqa: S311  # seeded on purpose
    fetched = fetch_many(entries, ground.folder / "restored", clock=clock)

    assert [verdict.path for verdict in fetched.failures] == ["notes.txt"]
    assert "too busy" in fetched.failures[0].because
    assert sorted(tree(ground.folder / "restored")) == [b"data", b"data/a.bin", b"data/b.bin"]


def test_a_body_that_breaks_off_is_read_again_and_the_bytes_are_the_same(ground, clock, monkeypatch):
    ground.write("large", bytes(range(256)) * 4096)
    ground.push()
    entries = one_by_one(ground.open())
    entries.reader._patience = type(entries.reader._patience)(clock, random.Random(1))  # noqa: S311  # seeded on purpose
    broken = _break_bodies(entries.reader._s3, monkeypatch, times=3)
    fetched = fetch_many(entries, ground.folder / "restored", clock=clock)

    assert broken == [True] * 3
    assert fetched.is_complete
    assert fetched.notable == []
    assert tree(ground.folder / "restored") == tree(ground.source)


def test_a_refusal_while_restoring_stops_it_and_leaves_no_half_file(ground, clock):
    ground.push()
    entries = ground.open()
    list(entries)
    Faults(ground.s3(RECOVERY), answer(400, "KMS.DisabledException"), operation="GetObject")

    with pytest.raises(KeyUnusable):
        fetch_many(entries, ground.folder / "restored", clock=clock)

    assert [path for path in (ground.folder / "restored").rglob("*") if path.is_file()] == []


def _passing(code):
    if code == "reset":
        return _raising(lambda request: ConnectionClosedError(endpoint_url=request.url))
    if code == "timeout":
        return _raising(lambda request: ReadTimeoutError(endpoint_url=request.url))
    return answer(503 if code == "SlowDown" else 500, code)


def _raising(error):
    def handle(request, **_):
        raise error(request)

    return handle


def _break_bodies(s3, monkeypatch, *, times):
    """Make the first bodies of this client break off half way, as a reset connection does."""
    broken, real = [], s3.get_object

    def get_object(**asked):
        reply = real(**asked)
        if len(broken) < times:
            broken.append(True)
            reply["Body"] = _Breaking(reply["Body"])
        return reply

    monkeypatch.setattr(s3, "get_object", get_object)
    return broken


class _Breaking:
    def __init__(self, body):
        self.body = body

    def read(self, *_):
        self.body.read(10)
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")
