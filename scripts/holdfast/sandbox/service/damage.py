"""How content is damaged on purpose, in the words every service with content of its own understands."""

from __future__ import annotations

from enum import StrEnum


class Damage(StrEnum):
    """What is done to the parts of a content: objects, items or blocks."""

    BIT_FLIP = "bit-flip"
    TRUNCATE = "truncate"
    MISSING = "missing"
    EXTRA = "extra"
    SWAP = "swap"
    OLDER = "older"
