"""What has to hold between the watching and the rest of an environment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.environments.faults import Fault, within
from holdfast.environments.model import Environment

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_LONGEST_LOCK = timedelta(days=36_500)


def check_watch(environment: Environment) -> Iterator[Fault]:
    """The faults of `watch`."""
    watch = environment.watch
    if watch is None:
        return
    why = "access to backups is kept for a year or more; S3 Object Lock counts whole days"
    yield from within("watch.retention", watch.retention, 365 * _DAY, _LONGEST_LOCK, why=why)
    for name, every in (("jobs_every", watch.jobs_every), ("copies_every", watch.copies_every)):
        if every % _HOUR or not _HOUR <= every <= 7 * _DAY:
            hint = "a CloudWatch alarm looks back 7 days at most, in periods of an hour"
            yield Fault(f"watch.{name}", "cannot be watched", f"{every / _HOUR:g}h", "whole hours, 1h to 7d", hint)
    if watch.ages_reported:
        yield from _ages(environment)
    for number, reader in enumerate(watch.readers):
        if "*" in reader.rstrip("*"):
            hint = "a filter of CloudWatch Logs knows * nowhere else"
            yield Fault(f"watch.readers.{number}", "has a * before its end", reader, "* at the end only", hint)
    yield from _siem(environment)


def _ages(environment: Environment) -> Iterator[Fault]:
    """An alarm of CloudWatch counts whole seconds, so any objective will do; without one there is nothing to report."""
    if not any(tier.rpo for tier in environment.tiers.values()):
        hint = "write an rpo for a tier, or take ages_reported out"
        yield Fault("watch.ages_reported", "no tier has an objective", "true", "false", hint)


def _siem(environment: Environment) -> Iterator[Fault]:
    siem = environment.watch.siem if environment.watch else None
    if siem is None:
        return
    region = siem.secret_arn.split(":")[3]
    primary = environment.regions.primary
    if region != primary:
        hint = "the connection to the SIEM is made in the primary Region and takes secrets of no other"
        yield Fault("watch.siem.secret_arn", "is in another Region", region, primary, hint)
