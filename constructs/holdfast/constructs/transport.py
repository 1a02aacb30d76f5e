"""How a bucket may be spoken to."""

from __future__ import annotations

from enum import StrEnum


class Transport(StrEnum):
    """The oldest transport a bucket accepts."""

    TLS_1_2 = "1.2"
    """TLS 1.2 or newer. The default."""

    TLS_1_3 = "1.3"
    """TLS 1.3 or newer."""

    PLAIN_HTTP_EMULATOR = "plain-http"
    """No TLS is demanded. Only for an emulator on loopback, which speaks plain HTTP; the bucket carries a warning in
    the synthesized manifest."""
