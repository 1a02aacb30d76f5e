"""Read the timestamps of replies quickly: they are half of what botocore spends on a page of a listing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from botocore.utils import parse_timestamp


def parsed_timestamp(value: Any) -> datetime:
    """The instant a reply names: as botocore reads it, sooner where it is written as RFC 3339 with a zone.

    Raises:
        ValueError: it is no timestamp.
    """
    if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T":
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if found.tzinfo is not None:
                return found
    slowly: datetime = parse_timestamp(value)
    return slowly
