"""The kinds of value every part of an environment is made of."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema

AccountId = Annotated[
    str,
    Field(pattern=r"^[0-9]{12}$", description="AWS account id, 12 digits, quoted", examples=["111111111111"]),
]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$", description="AWS Region", examples=["us-east-1"])]
Slug = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$",
        description="2 to 40 of a-z, 0-9 and -, beginning with a letter and not ending with -",
        examples=["customer-orders"],
    ),
]
Flag = StrictBool
"""true or false; never "yes" or 1."""


class Strict(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _parse_day(written: Any) -> date:
    if isinstance(written, date):
        return written
    if isinstance(written, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            raise ValueError("there is no such day in the calendar") from None
    raise ValueError("a day is written as year-month-day, such as 2027-03-31")


Day = Annotated[
    date,
    BeforeValidator(_parse_day),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2027-03-31"]}),
]
"""A day of the calendar, written `2027-03-31`; numbers and times are refused."""
