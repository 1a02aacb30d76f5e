"""A small declaration that is proved, to be changed one value at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from holdfast.objectives.declaration import Copy, Dataset, Declaration, Key, Rule, Tier, Vault
from holdfast.objectives.proof import Assumption, AssumptionSource, Scenario
from holdfast.objectives.schedule import parse_schedule

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def cron(expression="cron(0 2,14 * * ? *)", timezone="UTC"):
    return parse_schedule(expression, timezone)


HALF_DAILY = Rule("half-daily", delete_after=30 * DAY, schedule=cron(), copy=Copy(30 * DAY))
CONTINUOUS = Rule("continuous", delete_after=35 * DAY, continuous=True)
"""12 h between runs, 1 h to start, 3 h to complete: 16 h."""


def assumed(value, source="default", on=None, name="copy time"):
    return Assumption(name, value, AssumptionSource(source), on)


def measured(value, on=date(2026, 11, 1), name="copy time"):
    return assumed(value, "measured", on, name)


def declaration(*rules, kind="rds", rpo=None, rto=None, selects=True, **changes):
    """One dataset `orders` of one tier `gold`.

    Args:
        rpo, rto: scenario to limit.
        changes: fields of the declaration.
    """
    tier = Tier(
        "gold",
        rules or (HALF_DAILY,),
        {Scenario(each): limit for each, limit in ({"corruption": DAY} if rpo is None else rpo).items()},
        {Scenario(each): limit for each, limit in (rto or {}).items()},
    )
    vault = Vault(DAY, 365 * DAY)
    given = Declaration(
        now=NOW,
        tiers={"gold": tier},
        datasets=(Dataset("orders", kind, "gold", selects),),
        primary_vault=vault,
        recovery_vault=vault,
        primary_key=Key(30 * DAY, guarded=True),
        recovery_key=Key(30 * DAY, guarded=True),
        copy_time=assumed(HOUR),
        restore_time=assumed(HOUR, name="restore time"),
    )
    return replace(given, **changes)


def only(proofs, name):
    """The one proof of that id."""
    (found,) = [proof for proof in proofs if proof.id == name]
    return found
