"""How a bucket may be spoken to."""

from __future__ import annotations

from enum import StrEnum


class Transport(StrEnum):
    """The oldest TLS a bucket accepts. Plain HTTP is always refused."""

    TLS_1_2 = "1.2"
    """TLS 1.2 or newer. The default."""

    TLS_1_3 = "1.3"
    """TLS 1.3 or newer."""
