"""What a service serves, by operation, and the mark on what serves each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from holdfast.sandbox.service.values import Values

Asked = TypeVar("Asked")
"""One call, as a service sees it."""


class Operations(dict[str, Callable[[Asked], Values]], Generic[Asked]):
    """The handlers of a service, by operation."""

    def serves(self, operation: str) -> Callable[[Callable[[Asked], Values]], Callable[[Asked], Values]]:
        """Mark what serves an operation."""

        def register(handler: Callable[[Asked], Values]) -> Callable[[Asked], Values]:
            self[operation] = handler
            return handler

        return register
