"""What pydantic found, in the user's words: the file and line, the field, the value, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from holdfast.environments.errors import Problem
from holdfast.environments.provenance import item_name, join
from holdfast.environments.reading import Written


def from_validation(error: ValidationError, root: Written) -> list[Problem]:
    """One problem for each error pydantic reports about the plain values of `root`."""
    return [_problem(each, root) for each in error.errors()]


def _problem(found: ErrorDetails, root: Written) -> Problem:
    path, key, value = "", "", root
    for part in found["loc"]:
        if isinstance(value.content, Mapping) and str(part) in value.content:
            value, key = value.content[str(part)], str(part)
            path = join(path, key)
        elif isinstance(part, int) and isinstance(value.content, Sequence) and part < len(value.content):
            item = value.content[part]
            assert isinstance(item, Written)
            path, value = join(path, item_name(item, key, part)), item
        else:
            path = join(path, str(part))
    return Problem(path, found["msg"], repr(found["input"])[:80], "see holdfast env schema", "", value.source)
