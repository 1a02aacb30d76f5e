"""A gate before the sandbox that lets calls through by the Region they are signed for, and hangs up on the others."""

from __future__ import annotations

import http.client
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from holdfast.aws.endpoints import Endpoints

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_HOP = {"connection", "transfer-encoding", "content-length"}


@dataclass
class Gate:
    """Where it listens, and what it saw: (Region, service) of each call, let through or not."""

    closed: frozenset[str]
    endpoints: Endpoints
    url: str = ""
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def refused(self) -> list[tuple[str, str]]:
        """The calls it hung up on."""
        return [each for each in self.seen if each[0] in self.closed]

    def variables(self) -> dict[str, str]:
        """The endpoints' variables, led through the gate. One attempt, so that a lost Region is gone at once."""
        kept = {
            name: value
            for name, value in self.endpoints.variables().items()
            if not name.startswith(("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"))
        }
        return kept | {"AWS_ENDPOINT_URL": self.url, "AWS_MAX_ATTEMPTS": "2"}


@contextmanager
def regional_gate(endpoints: Endpoints, *, closed: str) -> Iterator[Gate]:
    """A gate on a free loopback port in front of a sandbox; calls signed for the Region `closed` find nobody."""
    gate = Gate(frozenset({closed}), endpoints)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(gate))
    gate.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def _handler(gate: Gate) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            scope = _SCOPE.search(self.headers.get("Authorization", ""))
            region, service = (scope["region"], scope["service"]) if scope else ("unsigned", "unsigned")
            gate.seen.append((region, service))
            if region in gate.closed:
                self.close_connection = True  # no answer at all, as of a Region that is gone
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer, content = _ask(gate.endpoints, service, self.command, self.path, dict(self.headers.items()), body)
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815  # the names http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _ask(
    endpoints: Endpoints, service: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[http.client.HTTPResponse, bytes]:
    parts = urlsplit(endpoints.url(service) or "")
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        trusted = ssl.create_default_context(cafile=endpoints.ca_bundle)
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=60, context=trusted)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()
