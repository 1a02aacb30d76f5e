"""Many objects read ahead: what is right comes fast, and what is wrong is left to boto3 after one try."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import botocore.session
import pytest
from local_aws import ACCOUNT, make_environment

from holdfast.aws import bulk_reads
from holdfast.aws.bulk_reads import AT_ONCE, BREAKER, BulkReads
from holdfast.aws.bulk_store import bulk_store
from holdfast.aws.endpoints import Endpoints
from holdfast.aws.errors import RegionDenied
from holdfast.aws.guard import RegionGuard
from holdfast.aws.sessions import Sessions
from holdfast.clock import SystemClock

KIB = 1024


@dataclass
class Bucket:
    """What a server on loopback holds, and what it was asked."""

    objects: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    delay: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    tokens: set[str] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""


@pytest.fixture
def bucket():
    held = Bucket()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            key = unquote(urlsplit(self.path).path).removeprefix("/bucket/")
            with held.lock:
                held.asked[key] += 1
                held.tokens.add(self.headers.get("x-amz-security-token", ""))
                held.at_once += 1
                held.most_at_once = max(held.most_at_once, held.at_once)
            time.sleep(held.delay)
            body = held.objects.get(key, b"")
            self.send_response(held.statuses.get(key, 200 if key in held.objects else 404))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"1"')
            self.send_header("Last-Modified", "Sun, 22 Nov 2026 00:00:00 GMT")
            self.end_headers()
            with held.lock:
                held.at_once -= 1
            with contextlib.suppress(ConnectionError):  # whoever asked may have gone
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield held
    server.shutdown()
    server.server_close()
    thread.join(5)


def reads_of(bucket: Bucket, guard: RegionGuard | None = None) -> BulkReads:
    session = botocore.session.Session()
    session.set_credentials("AKIA0", "secret", "token-1")
    store = bulk_store(
        session,
        "bucket",
        "us-west-2",
        endpoint=bucket.url,
        ca_bundle=None,
        timeouts=(2, 5),
        clock=SystemClock(),
    )
    assert store is not None
    guard = guard or RegionGuard()
    return BulkReads(store, lambda: guard.check("s3", "GetObject", region="us-west-2", bucket="bucket"))


def everything(reads: BulkReads, keys: list[str | None], size: int = 1) -> dict[int, bytes | None]:
    """What came for each key, by its place."""
    return {number: data for (number, _), data in reads.ahead(enumerate(keys), lambda job: job[1], lambda _job: size)}


def test_every_job_comes_back_once_with_its_bytes(bucket: Bucket):
    bucket.objects = {f"objects/{number:03}": b"%d" % number * 50 for number in range(300)}
    found = everything(reads_of(bucket), list(bucket.objects))

    assert found == dict(enumerate(bucket.objects.values()))
    assert set(bucket.asked.values()) == {1}
    assert bucket.tokens == {"token-1"}


def test_reads_go_out_side_by_side_but_not_without_bound(bucket: Bucket):
    bucket.delay = 0.02
    bucket.objects = {str(number): b"x" for number in range(150)}
    everything(reads_of(bucket), list(bucket.objects))

    assert 4 < bucket.most_at_once <= AT_ONCE


def test_large_objects_wait_for_room(bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk_reads, "BYTES_AHEAD", 2 * KIB)
    bucket.delay = 0.02
    bucket.objects = {str(number): bytes(KIB) for number in range(20)}
    everything(reads_of(bucket), list(bucket.objects), size=KIB)

    assert bucket.most_at_once <= 2


def test_one_object_larger_than_all_the_room_is_still_read(bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk_reads, "BYTES_AHEAD", KIB)
    bucket.objects = {"large": bytes(8 * KIB)}

    assert everything(reads_of(bucket), ["large", "large"], size=8 * KIB) == {0: bytes(8 * KIB), 1: bytes(8 * KIB)}


@pytest.mark.parametrize("status", [403, 404, 405, 500, 503])
def test_what_is_refused_or_busy_is_asked_once_and_left_to_boto3(bucket: Bucket, status: int):
    bucket.objects, bucket.statuses = {"good": b"1", "bad": b"2"}, {"bad": status}

    assert everything(reads_of(bucket), ["good", "bad"]) == {0: b"1", 1: None}
    assert bucket.asked["bad"] == 1


def test_a_service_that_answers_nothing_is_soon_left_alone(bucket: Bucket):
    keys = [str(number) for number in range(400)]
    found = everything(reads_of(bucket), list(keys))

    assert set(found.values()) == {None}
    assert len(found) == 400
    assert bucket.asked.total() <= BREAKER + AT_ONCE


def test_a_server_that_is_not_there_is_no_error(bucket: Bucket):
    bucket.url = "http://127.0.0.1:9"

    assert everything(reads_of(bucket), ["a", "b"]) == {0: None, 1: None}


def test_jobs_that_need_no_object_pass_through(bucket: Bucket):
    assert everything(reads_of(bucket), [None, None]) == {0: None, 1: None}
    assert not bucket.asked


def test_a_lost_region_is_refused_before_anything_is_asked(bucket: Bucket):
    bucket.objects = {"a": b"1"}
    guard = RegionGuard(regions=["us-west-2"])
    with pytest.raises(RegionDenied):
        everything(reads_of(bucket, guard), ["a"])

    assert not bucket.asked
    assert [each.operation for each in guard.refused] == ["GetObject"]


def test_a_lost_bucket_is_refused_before_anything_is_asked(bucket: Bucket):
    bucket.objects = {"a": b"1"}
    with pytest.raises(RegionDenied):
        everything(reads_of(bucket, RegionGuard(buckets=["bucket"])), ["a"])

    assert not bucket.asked


def test_whoever_stops_early_leaves_no_thread_behind(bucket: Bucket):
    bucket.objects = {str(number): b"x" for number in range(100)}
    before = set(threading.enumerate())
    reading = reads_of(bucket).ahead(list(bucket.objects), lambda key: key, lambda _: 1)
    next(iter(reading))
    reading.close()

    ours = [each for each in set(threading.enumerate()) - before if "process_request" not in each.name]
    assert not ours


def test_what_the_jobs_raise_reaches_the_caller(bucket: Bucket):
    bucket.objects = {"a": b"1"}

    def jobs():
        yield "a"
        raise LookupError("the list ends in the middle")

    with pytest.raises(LookupError, match="in the middle"):
        list(reads_of(bucket).ahead(jobs(), lambda key: key, lambda _: 1))


def test_a_proxy_or_an_unreadable_bundle_leaves_the_reads_to_boto3(tmp_path, monkeypatch: pytest.MonkeyPatch):
    def made(bundle: str | None):
        session = botocore.session.Session()
        return bulk_store(
            session, "b", "us-west-2", endpoint=None, ca_bundle=bundle, timeouts=(1, 1), clock=SystemClock()
        )

    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    assert made(None) is not None
    assert made(str(tmp_path / "missing.pem")) is None
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert made(None) is None


def test_while_a_key_is_taken_for_lost_every_answer_is_shown_to_the_guard():
    environment = make_environment()
    endpoints = Endpoints(default="http://127.0.0.1:9", access_key=ACCOUNT, secret_key="test")
    sessions = Sessions(environment, endpoints)
    lost = Sessions(environment, endpoints, guard=RegionGuard(keys=lambda: frozenset({"alias/lost"})))

    assert sessions.bulk_reads("us-west-2", "bucket") is not None
    assert lost.bulk_reads("us-west-2", "bucket") is None
