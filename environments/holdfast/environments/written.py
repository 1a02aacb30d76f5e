"""A value of a YAML file that knows where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from holdfast.errors import Source

Content: TypeAlias = "Mapping[str, Written] | tuple[Written, ...] | str | int | float | bool | None"


@dataclass(frozen=True)
class Written:
    """A value and where it was written (for a value in a mapping: the line of its key)."""

    content: Content
    source: Source

    @property
    def mapping(self) -> Mapping[str, Written]:
        """The entries of a mapping; of anything else, none."""
        return self.content if isinstance(self.content, Mapping) else {}

    @property
    def items(self) -> tuple[Written, ...]:
        """The items of a list; of anything else, none."""
        return self.content if isinstance(self.content, tuple) else ()

    def plain(self) -> Any:
        """The value as plain Python; entries of a mapping that are null are left out, which is what null says."""
        if isinstance(self.content, Mapping):
            return {key: each.plain() for key, each in self.content.items() if each.content is not None}
        if isinstance(self.content, tuple):
            return [each.plain() for each in self.content]
        return self.content
