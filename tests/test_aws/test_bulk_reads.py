"""Many objects read with little work: what is right comes fast, and what is wrong is left to boto3 after one try."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session
import pytest
from local_aws import ACCOUNT, make_environment

from holdfast.aws.bulk_reads import BREAKER, BulkReads
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
    asked: Counter[str] = field(default_factory=Counter)
    tokens: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def listing(self, prefix: str) -> tuple[int, bytes]:
        """The answer to ListObjectsV2."""
        found = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified><ETag>1</ETag>"
            f"<Size>{len(data)}</Size></Contents>"
            for key, data in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return self.statuses.get("?", 200), f"<ListBucketResult>{found}</ListBucketResult>".encode()


@pytest.fixture
def bucket():
    held = Bucket()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if "list-type=2" in parts.query:
                self._answer(*held.listing(parse_qs(parts.query).get("prefix", [""])[0]))
                return
            key = unquote(parts.path).removeprefix("/bucket/")
            with held.lock:
                held.asked[key] += 1
                held.tokens.add(self.headers.get("x-amz-security-token", ""))
            self._answer(held.statuses.get(key, 200 if key in held.objects else 404), held.objects.get(key, b""))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"1"')
            self.send_header("Last-Modified", "Sun, 22 Nov 2026 00:00:00 GMT")
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # whoever asked may have gone
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # with the usual 5, who connects while this machine is busy is heard a second later

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield held
    server.shutdown()
    server.server_close()
    thread.join(60)


def reads_of(bucket: Bucket, guard: RegionGuard | None = None) -> BulkReads:
    session = botocore.session.Session()
    session.set_credentials("AKIA0", "secret", "token-1")
    store = bulk_store(
        session,
        "bucket",
        "us-west-2",
        endpoint=bucket.url,
        ca_bundle=None,
        timeouts=(60, 60),
        clock=SystemClock(),
    )
    assert store is not None
    guard = guard or RegionGuard()
    return BulkReads(store, lambda operation: guard.check("s3", operation, region="us-west-2", bucket="bucket"))


def test_the_bytes_come_as_they_are_from_any_number_of_threads(bucket: Bucket):
    bucket.objects = {f"objects/{number:03}": b"%d" % number * 50 for number in range(300)}
    reads = reads_of(bucket).begin()
    with ThreadPoolExecutor(16) as pool:
        found = dict(zip(bucket.objects, pool.map(reads.read, bucket.objects), strict=True))

    assert found == bucket.objects
    assert set(bucket.asked.values()) == {1}
    assert bucket.tokens == {"token-1"}


@pytest.mark.parametrize("status", [403, 404, 405, 500, 503])
def test_what_is_refused_or_busy_is_asked_once_and_left_to_boto3(bucket: Bucket, status: int):
    bucket.objects, bucket.statuses = {"good": b"1", "bad": b"2"}, {"bad": status}
    reads = reads_of(bucket).begin()

    assert (reads.read("bad"), reads.read("good")) == (None, b"1")
    assert bucket.asked["bad"] == 1


def test_a_service_that_answers_nothing_is_soon_left_alone(bucket: Bucket):
    reads = reads_of(bucket).begin()

    assert {reads.read(str(number)) for number in range(400)} == {None}
    assert bucket.asked.total() == BREAKER


def test_an_answer_between_shows_that_the_service_is_there(bucket: Bucket):
    bucket.objects = {"good": b"1"}
    reads = reads_of(bucket).begin()
    for number in range(2 * BREAKER):
        reads.read(str(number) if number % 2 else "good")

    assert bucket.asked.total() == 2 * BREAKER


def test_the_next_restore_tries_again(bucket: Bucket):
    bulk = reads_of(bucket)
    first = bulk.begin()
    for number in range(BREAKER):
        first.read(str(number))
    bucket.objects = {"good": b"1"}

    assert first.read("good") is None
    assert bulk.begin().read("good") == b"1"


def test_a_server_that_is_not_there_is_no_error(bucket: Bucket):
    bucket.url = "http://127.0.0.1:9"
    bulk = reads_of(bucket)

    assert bulk.begin().read("a") is None
    assert list(bulk.current("objects/")) == []


def test_current_objects_are_listed_with_their_sizes(bucket: Bucket):
    bucket.objects = {"objects/a/1": b"1", "objects/a/2": b"22", "objects/ab/3": b"333"}

    assert dict(reads_of(bucket).current("objects/a/")) == {"objects/a/1": 1, "objects/a/2": 2}


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_listing_that_is_refused_is_no_error(bucket: Bucket, status: int):
    bucket.objects, bucket.statuses = {"objects/a": b"1"}, {"?": status}

    assert list(reads_of(bucket).current("objects/")) == []


@pytest.mark.parametrize("guard", [RegionGuard(regions=["us-west-2"]), RegionGuard(buckets=["bucket"])])
def test_what_is_taken_for_lost_is_refused_before_anything_is_asked(bucket: Bucket, guard: RegionGuard):
    bucket.objects = {"a": b"1"}
    bulk = reads_of(bucket, guard)
    with pytest.raises(RegionDenied):
        bulk.begin()
    with pytest.raises(RegionDenied):
        list(bulk.current("objects/"))

    assert not bucket.asked
    assert [each.operation for each in guard.refused] == ["GetObject", "ListObjectsV2"]


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
