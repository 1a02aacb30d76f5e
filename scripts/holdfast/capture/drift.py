"""What is different between a capture and what is live now, by resource and setting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drift:
    """One difference.

    Args:
        path: the file of the capture.
        resource: which resource, by id or ARN.
        setting: which of its settings; empty when the resource itself came or went.
        how: `changed`, `only captured` (it is gone now) or `only live` (it came since).
    """

    path: str
    resource: str
    how: str
    setting: str = ""

    @property
    def words(self) -> str:
        """For people: which, and in what. Never the values: a record is shown to many."""
        where = f"{self.path}: {self.resource}"
        return f"{where} {self.setting} {self.how}" if self.setting else f"{where} is {self.how}"


def drift(path: str, captured: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[Drift]:
    """The differences between two documents of one path, in the order of their names."""
    then, now = captured.get("resources", {}), live.get("resources", {})
    for resource in sorted({*then, *now}):
        if resource not in now:
            yield Drift(path, resource, "only captured")
        elif resource not in then:
            yield Drift(path, resource, "only live")
        else:
            yield from _settings(path, resource, then[resource], now[resource])


def _settings(path: str, resource: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Drift]:
    for setting in sorted({*then, *now}):
        if _text(then.get(setting)) != _text(now.get(setting)):
            yield Drift(path, resource, "changed", setting)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
