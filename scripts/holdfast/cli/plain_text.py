"""Text for a terminal: what an error quotes can neither move the cursor nor fill the screen."""

from __future__ import annotations

import re

_LONGEST = 200
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_RUN = re.compile(rf"\S{{{_LONGEST + 1},}}")


def printable(text: str) -> str:
    """`text` with control characters as escapes, and words of over 200 characters cut, saying how long they were.

    Line ends and tabs stay. Escaped as well: line separators, marks that change the direction of writing, and bytes of
    an argument that are no UTF-8.
    """
    return _RUN.sub(_cut, _UNPRINTABLE.sub(_escape, text))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _cut(found: re.Match[str]) -> str:
    return f"{found[0][:_LONGEST]}… ({len(found[0])} characters)"
