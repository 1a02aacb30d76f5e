"""The kinds of value a record is made of. Each has one written form, so that what is read is written back the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"
_CUT = "… ({} characters)"
SHORT, LONG = 256, 2000


class Section(BaseModel):
    """A part of a record: frozen; fields of a later version are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")


def format_instant(moment: datetime) -> str:
    """Write a moment the one way records do: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(value: Any) -> datetime:  # whatever a document holds
    """Read a moment; an aware datetime is cut to milliseconds.

    Raises:
        ValueError: for a naive datetime or any other spelling.
    """
    if isinstance(value, datetime) and value.tzinfo is not None:
        moment = value.astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    if isinstance(value, str) and re.fullmatch(_INSTANT[1:-1], value, re.ASCII):
        return datetime.fromisoformat(value)
    raise ValueError("a moment is an aware datetime, written like 2026-11-22T02:00:00.000Z")


_UNSHOWN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\udfff\\ufeff"
    "\\ufff9-\\ufffb\\U000e0000-\\U000e007f]"
)
"""Control, bidirectional, invisible, line-separating and surrogate characters. Written out, because the Unicode tables
of another Python would judge a record differently."""


def printable(text: str) -> str:
    """Escape characters that could make a terminal or a reader show something else."""
    return _UNSHOWN.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def _printable(limit: int) -> AfterValidator:
    """Make a text printable and cut what is too long, with the length said: texts may come from names in a backup.

    Reading a record that holds such a text gives another text than was signed, so the record is refused.
    """

    def clean(text: str) -> str:
        safe = printable(text)
        if len(safe) <= limit:
            return safe
        note = _CUT.format(len(safe))
        return safe[: limit - len(note)] + note

    return AfterValidator(clean)


def _rounded(seconds: float) -> float:
    return seconds if isinstance(seconds, int) else round(seconds, 3)


Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    PlainSerializer(format_instant, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _INSTANT, "examples": ["2026-11-22T02:00:00.000Z"]}),
]
"""A moment in UTC, to the millisecond."""

Seconds = Annotated[int | float, Field(ge=0, le=2**40, allow_inf_nan=False), AfterValidator(_rounded)]
"""A duration in seconds, to the millisecond."""

Short = Annotated[str, _printable(SHORT), Field(json_schema_extra={"maxLength": SHORT})]
"""A name, an ARN, a digest or a count: one line."""

Text = Annotated[str, _printable(LONG), Field(json_schema_extra={"maxLength": LONG})]
"""A sentence for people."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in lower-case hexadecimal")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
RecordId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
SubjectName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_@+=][A-Za-z0-9._@+=,-]*(/[A-Za-z0-9_@+=][A-Za-z0-9._@+=,-]*)*$",
        max_length=512,
        description="relative path of the file below the folder of subjects; no part starts with a dot",
    ),
]
