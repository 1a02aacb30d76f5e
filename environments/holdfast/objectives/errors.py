"""What can be wrong with a schedule, in the words of the expression's own fields."""

from __future__ import annotations

from holdfast.errors import InputError

REFERENCE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html"


class BadSchedule(InputError):
    """A schedule expression AWS would refuse, or one whose meaning is not documented."""

    template = "schedule {expression!r}: {field}: {problem} (got {value!r}; allowed: {allowed})"
    hint = f"the six fields of a cron expression are described at {REFERENCE}"


class UnknownTimeZone(InputError):
    """A time zone that is not in the IANA database."""

    template = "there is no time zone {timezone!r}; allowed: names of the IANA database, such as UTC or Europe/Berlin"
    hint = "spell it as the IANA time zone database does; a city stands for its zone"
