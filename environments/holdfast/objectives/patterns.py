"""Patterns as IAM writes them: `*` stands for anything, slashes and colons included, `?` for one character."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=8192)
def covers(pattern: str, text: str) -> bool:
    """Whether everything `text` stands for is something `pattern` stands for.

    A `*` in `text` is only covered by a `*`; so an answer of `False` may be too careful, one of `True` is not.
    """
    return re.fullmatch(_regular(pattern), text) is not None


@lru_cache(maxsize=8192)
def overlap(first: str, second: str) -> bool:
    """Whether there is something both patterns stand for."""
    reached = _skip_stars(first, {0})
    for character in second:
        # the positions in `first` that can be reached after all of `second` up to here
        if character == "*":
            reached = set(range(min(reached), len(first) + 1)) if reached else set()
        else:
            reached = {after for at in reached for after in _steps(first, at, character)}
        reached = _skip_stars(first, reached)
    return len(first) in reached


def _steps(pattern: str, at: int, character: str) -> tuple[int, ...]:
    """Where one character of the other pattern leads to."""
    if at == len(pattern):
        return ()
    if pattern[at] == "*":
        return (at,)
    return (at + 1,) if "?" in (character, pattern[at]) or character == pattern[at] else ()


def _skip_stars(pattern: str, positions: set[int]) -> set[int]:
    found = set(positions)
    for at in sorted(positions):
        after = at
        while after < len(pattern) and pattern[after] == "*":
            after += 1
            found.add(after)
    return found


@lru_cache(maxsize=2048)
def _regular(pattern: str) -> str:
    return "".join(".*" if each == "*" else "[^*]" if each == "?" else re.escape(each) for each in pattern)
