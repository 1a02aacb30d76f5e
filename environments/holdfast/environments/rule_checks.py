"""What has to hold for tiers and their backup rules; the limits are AWS Backup's."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import timedelta

from holdfast.environments.durations import format_duration
from holdfast.environments.faults import Fault, did_you_mean, within
from holdfast.environments.model import Environment, Lock, Rule
from holdfast.objectives.errors import BadSchedule, UnknownTimeZone
from holdfast.objectives.schedule import parse_schedule

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_LONGEST_WINDOW = 60 * _DAY
_LONGEST_CONTINUOUS = 35 * _DAY
_COLD = 90 * _DAY
_ANY_SCHEDULE = "rate(1 day)"


def check_tiers(environment: Environment) -> Iterator[Fault]:
    """The faults of every rule of every tier.

    Sources: AWS Backup developer guide, "Creating a backup plan" (start window of 60 minutes or more, completion window
    at least 60 minutes above it, cold storage for 90 days or more, point-in-time recovery for at most 35 days).
    """
    for name, tier in environment.tiers.items():
        seen: set[str] = set()
        for rule in tier.rules:
            path = f"tiers.{name}.rules.{rule.name}"
            if rule.name in seen:
                yield Fault(f"{path}.name", "another rule of the tier has this name", rule.name, "a name of its own")
            seen.add(rule.name)
            yield from _continuous(path, rule) if rule.continuous else _scheduled(path, rule)
            yield from _kept(path, rule, environment.lock)


def _continuous(path: str, rule: Rule) -> Iterator[Fault]:
    if rule.schedule is not None:
        yield Fault(
            f"{path}.schedule", "a continuous rule has no schedule", rule.schedule, "no schedule", "write a second rule"
        )
    if rule.delete_after > _LONGEST_CONTINUOUS:
        got = format_duration(rule.delete_after)
        hint = "keep longer ones with a second rule that has a schedule"
        yield Fault(f"{path}.delete_after", "is too long for continuous backup", got, "at most 35d", hint)
    if rule.cold_storage_after is not None:
        got = format_duration(rule.cold_storage_after)
        yield Fault(f"{path}.cold_storage_after", "continuous backup has no cold storage", got, "none", "take it out")
    if rule.replicate_for is not None:
        why = "RDS keeps replicated automated backups for 1 to 35 days"
        yield from within(f"{path}.replicate_for", rule.replicate_for, _DAY, 35 * _DAY, why=why)
    if rule.air_gapped is not None:
        hint = "a copy is no longer continuous; write a second rule with a schedule"
        yield Fault(f"{path}.air_gapped", "a continuous rule is not copied", "a copy", "no copy", hint)
    if rule.copy_to_recovery is not None:
        hint = "a copy in another Region loses point-in-time recovery; write a second rule with a schedule and a copy"
        yield Fault(f"{path}.copy", "a continuous rule is not copied", "a copy", "no copy", hint)


def _scheduled(path: str, rule: Rule) -> Iterator[Fault]:
    if rule.schedule is None:
        hint = "write a schedule, or continuous: true"
        yield Fault(f"{path}.schedule", "is missing", "nothing", '"cron(…)" or "rate(…)"', hint)
    if rule.capture_every is not None:
        got = format_duration(rule.capture_every)
        yield Fault(
            f"{path}.capture_every", "belongs to continuous rules", got, "none", "take it out or write continuous: true"
        )
    if rule.replicate_for is not None:
        got = format_duration(rule.replicate_for)
        hint = "a rule with a schedule has a copy instead"
        yield Fault(f"{path}.replicate_for", "belongs to continuous rules", got, "none", hint)
    yield from _readable(path, rule)
    why = "AWS Backup takes start windows of 60 minutes or more"
    yield from within(f"{path}.start_window", rule.start_window, _HOUR, _LONGEST_WINDOW, why=why, unit=_MINUTE)
    why = "AWS Backup takes completion windows at least 60 minutes longer than the start window"
    low = rule.start_window + _HOUR
    yield from within(f"{path}.completion_window", rule.completion_window, low, _LONGEST_WINDOW, why=why, unit=_MINUTE)


def _readable(path: str, rule: Rule) -> Iterator[Fault]:
    try:
        parse_schedule(rule.schedule or _ANY_SCHEDULE, rule.timezone)
    except BadSchedule as error:
        found = error.values
        problem = f"{found['field']}: {found['problem']} ({found['value']})"
        yield Fault(f"{path}.schedule", problem, repr(rule.schedule), str(found["allowed"]), error.hint)
    except UnknownTimeZone:
        hint = did_you_mean(rule.timezone, zoneinfo.available_timezones())
        allowed = "an IANA name such as UTC or Europe/Berlin"
        yield Fault(f"{path}.timezone", "is not a time zone", repr(rule.timezone), allowed, hint)


def _kept(path: str, rule: Rule, lock: Lock) -> Iterator[Fault]:
    if lock.minimum > lock.maximum:
        return
    why = "what is kept is locked, and locks last from lock.minimum to lock.maximum"
    yield from within(f"{path}.delete_after", rule.delete_after, lock.minimum, lock.maximum, why=why)
    yield from _cold(path, rule.delete_after, rule.cold_storage_after)
    if rule.air_gapped is not None and not rule.continuous and rule.delete_after <= lock.maximum:
        why = "a logically air-gapped vault keeps copies for 7 days or more, and a copy lasts as long as its source"
        least = max(7 * _DAY, rule.delete_after, lock.minimum)
        kept = rule.air_gapped.delete_after
        yield from within(f"{path}.air_gapped.delete_after", kept, least, lock.maximum, why=why)
    copy = rule.copy_to_recovery
    if copy is None or rule.continuous or rule.delete_after > lock.maximum:
        return
    why = "the copy is what is left when the primary Region is lost: it lasts at least as long as its source"
    low = max(rule.delete_after, lock.minimum)
    yield from within(f"{path}.copy.delete_after", copy.delete_after, low, lock.maximum, why=why)
    yield from _cold(f"{path}.copy", copy.delete_after, copy.cold_storage_after)


def _cold(path: str, delete_after: timedelta, cold_after: timedelta | None) -> Iterator[Fault]:
    if cold_after is None:
        return
    why = "a backup stays in cold storage for 90 days or more: delete_after is at least cold_storage_after + 90d"
    latest = delete_after - _COLD
    if latest < _DAY:
        got = format_duration(cold_after)
        yield Fault(
            f"{path}.cold_storage_after",
            "is never reached",
            got,
            f"none with delete_after {format_duration(delete_after)}",
            why,
        )
        return
    yield from within(f"{path}.cold_storage_after", cold_after, _DAY, latest, why=why)
