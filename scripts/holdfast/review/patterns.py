"""Wildcard patterns of IAM and AWS Backup (`*`, `?`): which pattern covers which."""

from __future__ import annotations

import re
from collections.abc import Sequence


def covers(pattern: str, other: str) -> bool:
    """Whether everything `other` matches is matched by `pattern` too.

    The wildcards of `other` count as characters only `*` (or, for `?`, a wildcard) can match: that is enough to be
    sure, and misses only unions such as `a*` and `*a`.
    """
    if pattern == other or pattern == "*":
        return True
    if "*" not in pattern and "?" not in pattern:
        return False
    return _matches(pattern, other)


def _matches(pattern: str, other: str) -> bool:
    """Glob matching in linear space and `len × len` time; a regular expression could take exponential time."""
    here, mark, star = 0, 0, -1
    place = 0
    while place < len(other):
        if here < len(pattern) and pattern[here] == "*":
            star, mark = here, place
            here += 1
        elif here < len(pattern) and (pattern[here] == other[place] or (pattern[here] == "?" and other[place] != "*")):
            here += 1
            place += 1
        elif star >= 0:
            mark += 1
            here, place = star + 1, mark
        else:
            return False
    return all(c == "*" for c in pattern[here:])


def overlap(pattern: str, other: str) -> bool:
    """Whether some string might match both; errs on the side of yes."""
    if covers(pattern, other) or covers(other, pattern):
        return True
    head, tail = _fixed(pattern), _fixed(other)
    length = min(len(head), len(tail))
    return bool({"*", "?"} & set(pattern)) and bool({"*", "?"} & set(other)) and head[:length] == tail[:length]


def _fixed(pattern: str) -> str:
    return re.split(r"[*?]", pattern, maxsplit=1)[0]


def uncovered(members: Sequence[str], by: Sequence[str]) -> list[str]:
    """The members no pattern of `by` covers."""
    plain = set(by)
    wild = [pattern for pattern in by if "*" in pattern or "?" in pattern]
    return [m for m in members if m not in plain and not any(covers(pattern, m) for pattern in wild)]
