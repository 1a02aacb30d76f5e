"""How many bytes may be held at a time: many small objects are read side by side, or a few large ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Room:
    """A number of bytes that threads share.

    Args:
        bytes_: how many. What is larger than all of it waits until it is alone.
    """

    def __init__(self, bytes_: int) -> None:
        self._bytes = bytes_
        self._held = 0
        self._changed = threading.Condition(threading.Lock())

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Wait until there is room for so many bytes, and have it."""
        with self._changed:
            while self._held and self._held + size > self._bytes:
                self._changed.wait()
            self._held += size
        try:
            yield
        finally:
            with self._changed:
                self._held -= size
                self._changed.notify_all()
