"""One request and one answer, before and after a protocol has had to do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Values = dict[str, Any]
"""What an operation is given, or gives: by the names of the service's model."""


@dataclass(frozen=True)
class Incoming:
    """A request as it came, before anything of it is believed.

    Args:
        target: path and query, still percent-encoded: ARNs hold slashes.
        region: the Region it says it is signed for.
    """

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    region: str

    @cached_property
    def named(self) -> dict[str, str]:
        """The headers by name, in lower case."""
        return {name.lower(): value for name, value in self.headers}


@dataclass(frozen=True)
class Call:
    """A request understood: which operation, with what."""

    operation: str
    given: Values


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Caller:
    """Who sent a request, once the emulator says so."""

    arn: str
    account: str


@dataclass(frozen=True)
class Place:
    """An account in a Region: what every resource belongs to."""

    account: str
    region: str
