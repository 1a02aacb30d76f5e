"""The six fields of an AWS cron expression: what each may hold, and the values it means.

Source: Amazon EventBridge User Guide, "Cron expressions reference"
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html), which AWS Backup refers to. What
that page does not describe (a step in the day of the week, `LW`, `L-3`) is refused rather than guessed at: two services
could read it differently, and a proof must not rest on a guess. A range may run over the end of its field, as in the
page's example `0/30 20-2 ? * MON-FRI *`. A step as long as the field (`*/60` minutes) is refused because EventBridge
refuses it (github.com/aws/aws-sdk-js/issues/4212).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


class FieldProblem(Exception):
    """What is wrong with one field, before the expression it stands in is known."""

    def __init__(self, field: str, problem: str, value: str, allowed: str) -> None:
        super().__init__(problem)
        self.field, self.problem, self.value, self.allowed = field, problem, value, allowed


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: what error messages call it.
        low: the smallest number it holds.
        high: the largest number it holds.
        names: words that stand for numbers.
        steps: whether `/` is allowed.
        cyclic: whether a range may run over the end of the field: hours 20-2 are 20 to 23 and 0 to 2.
        special: forms beyond numbers and names, as error messages say them.
    """

    name: str
    low: int
    high: int
    names: Mapping[str, int] = field(default_factory=dict)
    steps: bool = True
    cyclic: bool = True
    special: str = ""

    @property
    def allowed(self) -> str:
        """What the field may hold, as an error message says it."""
        names = f" or {next(iter(self.names))} to {list(self.names)[-1]}" if self.names else ""
        return f"{self.low} to {self.high}{names}, with , - *{' /' if self.steps else ''}{self.special}"

    def parse(self, text: str) -> tuple[int, ...]:
        """The values `text` means, ascending and without duplicates.

        Raises:
            FieldProblem: for anything the field may not hold.
        """
        return tuple(sorted({value for part in text.split(",") for value in self._part(part)}))

    def number(self, text: str) -> int:
        """One number or name within the bounds.

        Raises:
            FieldProblem: for anything else.
        """
        value = self.names.get(text.upper(), _number(text))
        if value is None:
            raise self.problem("this is no value of the field" if text else "a value is missing", text)
        if not self.low <= value <= self.high:
            raise self.problem(f"{value} is out of range", text)
        return value

    def problem(self, problem: str, value: str, allowed: str | None = None) -> FieldProblem:
        """What is wrong with this field."""
        return FieldProblem(self.name, problem, value, allowed or self.allowed)

    def _part(self, part: str) -> Sequence[int]:
        span, slash, step = part.partition("/")
        values, single = self._span(span)
        if not slash:
            return values
        if not self.steps:
            raise self.problem("the field takes no steps; list the values instead", part)
        every = _number(step)
        if every is None or not 1 <= every <= self.high - self.low:
            raise self.problem("the step is not usable", part, f"a step of 1 to {self.high - self.low}")
        return range(values[0], self.high + 1, every) if single else values[::every]

    def _span(self, span: str) -> tuple[Sequence[int], bool]:
        """The values of `*`, a number or a range, and whether it was written as one number."""
        if span == "*":
            return range(self.low, self.high + 1), False
        first, dash, last = span.partition("-")
        start = self.number(first)
        end = self.number(last) if dash else start
        if start <= end:
            return range(start, end + 1), not dash
        if not self.cyclic:
            raise self.problem("the range runs backwards", span)
        return [*range(start, self.high + 1), *range(self.low, end + 1)], False


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


MINUTES = Field("minutes", 0, 59)
HOURS = Field("hours", 0, 23)
DAY_OF_MONTH = Field("day-of-month", 1, 31, special="; L; 1W to 31W; ?")
MONTH = Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)})
DAY_OF_WEEK = Field(
    "day-of-week",
    1,
    7,
    {name: number for number, name in enumerate(_DAYS, 1)},
    steps=False,
    special="; L; 1L to 7L; 1#1 to 7#5; ?",
)
YEAR = Field("year", 1970, 2199, cyclic=False)
