"""What a service's log says of requests that were not answered."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from holdfast.sandbox.certificate import make_certificate
from holdfast.sandbox.ports import LOOPBACK
from holdfast.sandbox.service.server import Server


class Broken:
    """A service that cannot answer."""

    def answer(self, *_):
        raise LookupError("nobody thought of this")


@pytest.fixture
def server(tmp_path):
    certificate = make_certificate(tmp_path, datetime.now(UTC))
    with Server(Broken(), 0, certificate.certificate, certificate.key) as served:
        served.daemon_threads = False  # closed, it has waited for those that tell the log
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served, ssl.create_default_context(cafile=certificate.authority)
        served.shutdown()
        thread.join()


def test_a_fault_of_the_service_is_told(server, capfd):
    served, trusting = server
    asked = http.client.HTTPSConnection(LOOPBACK, served.server_address[1], context=trusting, timeout=60)
    asked.request("GET", "/")
    with pytest.raises(http.client.RemoteDisconnected):
        asked.getresponse()
    asked.close()
    served.server_close()

    assert "LookupError: nobody thought of this" in capfd.readouterr().err


def test_a_client_without_tls_is_not_told(server, capfd):
    served, _ = server
    with socket.create_connection(served.server_address, timeout=60) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with suppress(ConnectionResetError):
            plain.recv(1)  # until it is closed
    served.server_close()

    assert capfd.readouterr().err == ""
