"""Free TCP ports on loopback."""

from __future__ import annotations

import socket

from holdfast.sandbox.errors import PortTaken

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port nothing listens on just now. Another program may still take it before it is used: be ready to retry."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def asked_port(port: int, option: str) -> int:
    """The port the user asked for with `option`.

    Raises:
        PortTaken: when something listens on it, on loopback or on every address.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PortTaken(port=port, option=option) from error
    return port
