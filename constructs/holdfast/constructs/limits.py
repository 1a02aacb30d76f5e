"""Checks of AWS limits in constructors. A value that is still a token (known after apply) is not checked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from holdfast.constructs.errors import OutsideLimit

_DAY = timedelta(days=1)


def known(value: Any) -> bool:
    """Whether a value is known now; a token is filled in by Terraform."""
    from cdktn import Token  # takes seconds to load, and values are made where no construct is

    return not Token.is_unresolved(value)


def require(condition: bool, *, construct: str, field: str, value: Any, allowed: str, reference: str) -> None:
    """Refuse `value` unless `condition` holds.

    Raises:
        OutsideLimit: names the construct, the field, the value and what is allowed.
    """
    if not condition:
        raise OutsideLimit(construct=construct, field=field, value=value, allowed=allowed, reference=reference)


def matches(value: str, pattern: str, *, construct: str, field: str, allowed: str, reference: str) -> None:
    """Refuse a string that is known and does not match `pattern` as a whole."""
    if known(value):
        require(
            re.fullmatch(pattern, value) is not None,
            construct=construct,
            field=field,
            value=value,
            allowed=allowed,
            reference=reference,
        )


def whole_days(value: timedelta, *, least: int, most: int, construct: str, field: str, reference: str) -> int:
    """Return a duration as days.

    Raises:
        OutsideLimit: the duration is no whole number of days from `least` to `most`.
    """
    require(
        value % _DAY == timedelta(0) and least <= value.days <= most,
        construct=construct,
        field=field,
        value=str(value),
        allowed=f"whole days, {least} to {most}",
        reference=reference,
    )
    return value.days
