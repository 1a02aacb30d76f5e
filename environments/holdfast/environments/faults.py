"""What a check of a whole environment finds, before it is known where it was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from holdfast.environments.durations import format_duration


@dataclass(frozen=True)
class Fault:
    """One value that does not go with the others; `path` is dotted as in `holdfast.environments.provenance`."""

    path: str
    problem: str
    value: str
    allowed: str
    hint: str = ""


def within(
    path: str, value: timedelta, low: timedelta, high: timedelta, *, why: str, unit: timedelta = timedelta(days=1)
) -> list[Fault]:
    """The fault of a duration outside its limits, or not a whole number of `unit`s."""
    got, word = format_duration(value), "days" if unit == timedelta(days=1) else "minutes"
    if value % unit:
        return [Fault(path, f"is not a whole number of {word}", got, f"whole {word}", why)]
    if low <= value <= high:
        return []
    problem = "is too short" if value < low else "is too long"
    return [Fault(path, problem, got, f"{format_duration(low)} to {format_duration(high)}", why)]


def did_you_mean(got: str, choices: Iterable[str]) -> str:
    """A hint with the closest of the choices, or none."""
    close = get_close_matches(got, list(choices), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""
