"""HTTP over TLS on one loopback port: a thread a connection, from the standard library."""

from __future__ import annotations

import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from holdfast.sandbox.ports import LOOPBACK
from holdfast.sandbox.service.serving import Service

_LARGEST_BODY = 8 * 1024 * 1024
_IDLE_SECONDS = 600


class Server(ThreadingHTTPServer):
    """A service on a port of 127.0.0.1.

    Args:
        service: what answers.
        port: where; 0 for a free one.
        certificate: file it identifies itself with.
        key: that file's private key.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, service: Service, port: int, certificate: Path, key: Path) -> None:
        self.service = service
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(certificate, key)
        super().__init__((LOOPBACK, port), _Handler)

    def get_request(self) -> tuple[Any, Any]:
        """A connection; the handshake is left to its own thread, so that a silent client holds up nobody."""
        connection, address = super().get_request()
        connection.settimeout(_IDLE_SECONDS)
        return self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell the log what went wrong; a client that goes away, or does not speak TLS, is nobody's error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "holdfast-sandbox"
    wbufsize = 64 * 1024  # head and body of an answer in one packet
    server: Server

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self.send_error(413)
            return
        body = self.rfile.read(int(length))
        headers = [(name, value) for name, value in self.headers.items()]
        answer = self.server.service.answer(self.command, self.path, headers, body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(answer.body)

    do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815  the names BaseHTTPRequestHandler looks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name the base class gives it
        """Keep the log for what goes wrong."""
