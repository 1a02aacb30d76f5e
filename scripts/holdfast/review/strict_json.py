"""JSON without the liberties Python takes: no repeated keys, no NaN, no endless numbers, no nesting without end."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from holdfast.review.finding import Json
from holdfast.review.memory import collector_paused


class NotStrictJson(Exception):  # turned into an error of the reader that called
    """The bytes are not one strict JSON document."""

    def __init__(self, problem: str, line: int | None = None, *, too_deep: bool = False) -> None:
        super().__init__(problem)
        self.problem, self.line, self.too_deep = problem, line, too_deep


def decode(data: bytes) -> Json:
    """Parse `data`.

    Raises:
        NotStrictJson: it is not UTF-8, not one JSON document, repeats a key, or is nested too deeply.
    """
    if not data.strip():
        raise NotStrictJson("the file is empty")
    try:
        with collector_paused():
            return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise NotStrictJson(f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        several = error.msg == "Extra data"
        problem = "it holds several documents" if several else f"{error.msg} at column {error.colno}"
        raise NotStrictJson(problem, error.lineno) from None
    except RecursionError:
        raise NotStrictJson("it is nested too deeply", too_deep=True) from None
    except ValueError as error:  # an integer of thousands of digits
        raise NotStrictJson(str(error).split(";")[0]) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrictJson(f"the key {twice[:80]!r} appears twice in one object")
    return result


def _refuse(constant: str) -> NoReturn:
    raise NotStrictJson(f"{constant} is not JSON")
