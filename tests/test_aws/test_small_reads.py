"""Many small objects read by one thread: what is plain and right comes, and whatever else is no answer."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import botocore.session
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from local_aws import ACCOUNT, make_environment

from holdfast.aws.bulk_reads import BREAKER
from holdfast.aws.connection import MOST
from holdfast.aws.endpoints import Endpoints
from holdfast.aws.errors import RegionDenied
from holdfast.aws.guard import RegionGuard
from holdfast.aws.sessions import Sessions
from holdfast.aws.small_bucket import small_reads
from holdfast.aws.small_reads import AT_ONCE, SmallReads
from holdfast.clock import SystemClock


def plain(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\nETag: x\r\n\r\n%s" % (status.encode(), len(body), body)


@dataclass
class Bucket:
    """What a server on loopback says to which key, byte by byte, and what it was asked."""

    says: dict[str, bytes] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    answers_a_connection: int = 1_000_000
    hangs: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def answer(self, stream) -> None:
        with self.lock:
            self.connections += 1
        for _ in range(self.answers_a_connection):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = stream.readline()
                if not line:
                    return
                head += line
            key = head.split(b" ")[1].decode().removeprefix("/bucket/")
            with self.lock:
                self.asked[key] += 1
            if key in self.hangs:
                self.over.wait(20)
            stream.write(self.says.get(key, plain(b"<Error/>", "404 Not Found")))
            stream.flush()
            if key not in self.says or b"\r\n\r\n" not in self.says[key]:
                return


@pytest.fixture
def serve():
    servers, buckets = [], []

    def start(bucket: Bucket, tls: ssl.SSLContext | None = None) -> Bucket:
        class Handler(socketserver.StreamRequestHandler):
            wbufsize = -1

            def setup(self) -> None:
                if tls is not None:
                    self.request = tls.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # whoever asked may have gone
                    bucket.answer(_Both(self.rfile, self.wfile))

            def finish(self) -> None:
                with contextlib.suppress(OSError):
                    super().finish()
                    self.request.close()

        server = _Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        servers.append((server, thread))
        buckets.append(bucket)
        bucket.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        return bucket

    yield start
    for bucket in buckets:
        bucket.over.set()
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 2 * AT_ONCE


@dataclass
class _Both:
    rfile: object
    wfile: object

    def readline(self):
        return self.rfile.readline()

    def write(self, data):
        return self.wfile.write(data)

    def flush(self):
        return self.wfile.flush()


def reads_of(bucket: Bucket, *, guard: RegionGuard | None = None, seconds: float = 5, ca=None) -> SmallReads:
    session = botocore.session.Session()
    session.set_credentials("AKIA0", "secret", "token-1")
    guard = guard or RegionGuard()
    found = small_reads(
        session,
        "bucket",
        "us-west-2",
        url=bucket.url,
        by_path=True,
        ca_bundle=ca,
        seconds=seconds,
        clock=SystemClock(),
        check=lambda: guard.check("s3", "GetObject", region="us-west-2", bucket="bucket"),
    )
    assert found is not None
    return found


def found_by(reads: SmallReads, keys) -> dict[str, bytes | None]:
    return dict(reads.each(keys, lambda key: key))


def test_each_object_comes_once_over_few_connections(serve):
    bucket = serve(Bucket({f"objects/{number:03}": plain(b"%d" % number * number) for number in range(500)}))

    found = found_by(reads_of(bucket), bucket.says)

    assert found == {f"objects/{number:03}": b"%d" % number * number for number in range(500)}
    assert set(bucket.asked.values()) == {1}
    assert bucket.connections <= AT_ONCE


def test_what_is_not_asked_for_is_given_back(serve):
    bucket = serve(Bucket({"a": plain(b"1")}))

    found = list(reads_of(bucket).each(["a", "large"], lambda job: job if job == "a" else None))

    assert sorted(found) == [("a", b"1"), ("large", None)]
    assert bucket.asked == {"a": 1}


def test_large_answers_come_whole(serve):
    data = bytes(range(256)) * 8192
    bucket = serve(Bucket({"large": plain(data), "empty": plain(b"")}))

    assert found_by(reads_of(bucket), ["large", "empty"]) == {"large": data, "empty": b""}


ODD = {
    "refused": plain(b"<Error/>", "403 Forbidden"),
    "busy": plain(b"", "503 Slow Down"),
    "partial": plain(b"12", "206 Partial Content"),
    "moved": b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "compressed": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\na",
    "without length": b"HTTP/1.1 200 OK\r\n\r\na",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "negative": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na",
    "endless": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MOST + 1),
    "too much": plain(b"ab").replace(b": 2", b": 1"),
    "broken off": plain(b"abc")[:-1],
    "no http": b"+OK ready\r\n\r\n",
    "old": b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
    "nothing": b"",
    "a long head": b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 20_000 + b"\r\n",
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_plain_is_no_answer_and_harms_no_other(serve, odd: str):
    good = {f"good/{number}": plain(b"%d" % number) for number in range(40)}
    bucket = serve(Bucket({"odd": ODD[odd], **good}))
    if odd in ("broken off", "endless"):
        bucket.answers_a_connection = 1

    found = found_by(reads_of(bucket), ["odd", *good])

    assert found == {"odd": None, **{key: b"%d" % number for number, key in enumerate(good)}}


def test_a_connection_the_server_closed_unused_is_made_anew(serve):
    bucket = serve(Bucket({str(number): plain(b"%d" % number) for number in range(200)}, answers_a_connection=2))

    assert found_by(reads_of(bucket), bucket.says) == {str(number): b"%d" % number for number in range(200)}


def test_a_server_that_falls_silent_is_waited_for_once(serve):
    bucket = serve(Bucket({"good": plain(b"1"), "silent": plain(b"2")}, hangs={"silent"}))

    assert found_by(reads_of(bucket, seconds=0.5), ["silent", "good"]) == {"silent": None, "good": b"1"}


def test_a_service_that_answers_nothing_is_soon_left_alone(serve):
    bucket = serve(Bucket())
    keys = [str(number) for number in range(1000)]

    assert found_by(reads_of(bucket), keys) == dict.fromkeys(keys)
    assert BREAKER <= bucket.asked.total() <= BREAKER + AT_ONCE


def test_a_server_that_is_not_there_is_no_error():
    keys = [str(number) for number in range(1000)]

    assert found_by(reads_of(Bucket(url="http://127.0.0.1:9")), keys) == dict.fromkeys(keys)


def test_leaving_early_closes_every_connection(serve):
    bucket = serve(Bucket({str(number): plain(b"1") for number in range(100)}))
    reading = reads_of(bucket).each(bucket.says, lambda key: key)
    next(reading)

    reading.close()

    assert bucket.asked.total() < 100


def test_every_request_is_shown_to_the_guard(serve):
    bucket, guard = serve(Bucket({"a": plain(b"1")})), RegionGuard(buckets=["bucket"])

    with pytest.raises(RegionDenied):
        found_by(reads_of(bucket, guard=guard), ["a"])

    assert not bucket.asked
    assert [each.operation for each in guard.refused] == ["GetObject"]


def certificate(folder: Path) -> tuple[str, ssl.SSLContext]:
    """A certificate of its own for 127.0.0.1, and a server that shows it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    formats = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "ca.pem").write_bytes(pem)
    (folder / "server.pem").write_bytes(pem + key.private_bytes(serialization.Encoding.PEM, *formats))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return str(folder / "ca.pem"), context


def test_over_tls_with_a_certificate_that_is_trusted(serve, tmp_path):
    trusted, context = certificate(tmp_path)
    data = bytes(range(256)) * 1024
    bucket = serve(Bucket({str(number): plain(data) for number in range(50)}), context)

    assert found_by(reads_of(bucket, ca=trusted), bucket.says) == dict.fromkeys(bucket.says, data)


def test_a_certificate_nobody_vouches_for_is_no_answer(serve, tmp_path):
    _, context = certificate(tmp_path)
    bucket = serve(Bucket({"a": plain(b"1")}), context)

    assert found_by(reads_of(bucket), ["a"]) == {"a": None}
    assert not bucket.asked


def test_a_proxy_or_an_unreadable_bundle_leaves_the_reads_to_boto3(tmp_path, monkeypatch: pytest.MonkeyPatch):
    def made(bundle: str | None, url: str = "https://127.0.0.1:9", name: str = "b") -> SmallReads | None:
        return small_reads(
            botocore.session.Session(),
            name,
            "us-west-2",
            url=url,
            by_path=name == "b",
            ca_bundle=bundle,
            seconds=1,
            clock=SystemClock(),
            check=lambda: None,
        )

    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    assert made(None) is not None
    assert made(str(tmp_path / "missing.pem")) is None
    assert made(None, name="with.dots") is None
    assert made(None, url="http://no-such-host.invalid") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert made(None) is None


def test_aws_is_asked_by_the_name_of_the_bucket(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA0")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    named = []
    monkeypatch.setattr("socket.getaddrinfo", lambda name, port, **_: named.append((name, port)) or [])
    environment = make_environment(sandbox=False, accounts={"workload": "111111111111", "backup": "222222222222"})
    bulk = Sessions(environment, Endpoints(None)).bulk_reads("us-west-2", "a-bucket")

    assert bulk is not None
    assert bulk.small() is not None
    assert named == [("a-bucket.s3.us-west-2.amazonaws.com", 443)]


def test_a_sandbox_is_asked_by_path():
    sessions = Sessions(make_environment(), Endpoints("http://127.0.0.1:9", access_key=ACCOUNT, secret_key="test"))
    bulk = sessions.bulk_reads("us-west-2", "a-bucket")

    assert bulk is not None
    assert bulk.small()._request("a/b").startswith(b"GET /a-bucket/a/b HTTP/1.1\r\nhost:127.0.0.1:9\r\n")
