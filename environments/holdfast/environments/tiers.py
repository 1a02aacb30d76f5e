"""Tiers: what recovery is promised, and the rules meant to keep the promise."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from holdfast.environments.durations import Duration
from holdfast.environments.fields import Flag, Slug, Strict


class Scenario(StrEnum):
    """What went wrong. Objectives are declared, proved and drilled per scenario, never mixed."""

    CORRUPTION = "corruption"
    REGION_LOSS = "region_loss"
    KEY_LOSS = "key_loss"
    ACCOUNT_LOSS = "account_loss"


class Copy(Strict):
    """The copy of a recovery point in the recovery Region."""

    delete_after: Duration = Field(description="How long the copy is kept and locked; at least as long as its source")
    cold_storage_after: Duration | None = Field(
        default=None, description="Age at which the copy moves to cold storage; by default it never does"
    )


class AirGapped(Strict):
    """A further copy in a logically air-gapped vault: kept by AWS outside the account, locked from the first moment."""

    delete_after: Duration = Field(description="How long the copy is kept and locked; 7 days or more")


class Rule(Strict):
    """When a backup is made and how long it is kept."""

    name: Slug = Field(description="Name of the rule, unique in its tier")
    continuous: Flag = Field(
        default=False, description="Point-in-time recovery instead of single backups; has no schedule, at most 35 days"
    )
    capture_every: Duration | None = Field(
        default=None,
        description="Continuous rules: longest time between two shipments of the change log; by default 5 min",
    )
    schedule: str | None = Field(
        default=None,
        pattern=r"^(cron|rate)\(.+\)$",
        description='AWS "cron(…)" or "rate(…)" expression; every rule that is not continuous has one',
        examples=["cron(0 2 * * ? *)", "rate(12 hours)"],
    )
    timezone: str = Field(
        default="UTC", description="IANA time zone the schedule is read in", examples=["Europe/Berlin"]
    )
    start_window: Duration = Field(
        default=timedelta(hours=1), description="A backup not begun so long after its time is missed; 60 min or more"
    )
    completion_window: Duration = Field(
        default=timedelta(hours=3),
        description="A backup not finished so long after its time is cancelled; 60 min or more above start_window",
    )
    delete_after: Duration = Field(description="How long a backup is kept and locked, in whole days")
    cold_storage_after: Duration | None = Field(
        default=None,
        description="Age at which a backup moves to cold storage, to stay 90 days or more; by default it never does",
    )
    copy_to_recovery: Copy | None = Field(
        default=None, alias="copy", description="Copy in the recovery Region; by default there is none"
    )
    air_gapped: AirGapped | None = Field(
        default=None, description="Further copy in a logically air-gapped vault there; by default there is none"
    )
    replicate_for: Duration | None = Field(
        default=None,
        description="Continuous rules, rds datasets named by ARN: how long point-in-time recovery is also kept in the "
        "recovery Region; whole days, 1 to 35; by default it is not",
    )


class Tier(Strict):
    """Objectives and the rules meant to meet them."""

    description: str = Field(default="", description="What belongs in this tier, in a line")
    rpo: dict[Scenario, Duration] = Field(
        default_factory=dict, description="Recovery point objective per scenario: how much work may be lost"
    )
    rto: dict[Scenario, Duration] = Field(
        default_factory=dict,
        description="Recovery time objective per scenario: how long until it is verified to work again",
    )
    drill_every: Duration = Field(default=timedelta(days=90), description="Longest time between two restore drills")
    rules: tuple[Rule, ...] = Field(min_length=1, description="Backup rules; merged by name when inherited")
