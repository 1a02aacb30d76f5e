"""What a service's log says of requests that were not answered."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from holdfast.sandbox.certificate import make_certificate
from holdfast.sandbox.ports import LOOPBACK
from holdfast.sandbox.service.server import Server


class Broken:
    """A service that cannot answer."""

    def answer(self, *_):
        raise LookupError("nobody thought of this")


@contextmanager
def serving(folder):
    """Its port and who trusts it; left, everything it had to tell is told."""
    certificate = make_certificate(folder, datetime.now(UTC))
    with Server(Broken(), 0, certificate.certificate, certificate.key) as server:
        server.daemon_threads = False  # so that closing waits for them
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], ssl.create_default_context(cafile=certificate.authority)
        finally:
            server.shutdown()
            thread.join()


def test_a_fault_of_the_service_is_told(tmp_path, capfd):
    with serving(tmp_path) as (port, trusting):
        asked = http.client.HTTPSConnection(LOOPBACK, port, context=trusting, timeout=60)
        asked.request("GET", "/")
        with pytest.raises(http.client.RemoteDisconnected):
            asked.getresponse()
        asked.close()

    assert "LookupError: nobody thought of this" in capfd.readouterr().err


def test_a_client_without_tls_is_not_told(tmp_path, capfd):
    with serving(tmp_path) as (port, _), socket.create_connection((LOOPBACK, port), timeout=60) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with suppress(ConnectionResetError):
            plain.recv(1)  # until it is closed

    assert capfd.readouterr().err == ""
