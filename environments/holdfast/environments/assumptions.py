"""What proofs take for granted about things no declaration can fix."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from holdfast.environments.durations import Duration
from holdfast.environments.fields import Day, Strict


class AssumptionSource(StrEnum):
    """Where an assumed figure comes from. A proof that rests on anything but a measurement is conditional."""

    DEFAULT = "default"
    DECLARED = "declared"
    MEASURED = "measured"


class Assumption(Strict):
    """A figure proofs take for granted."""

    value: Duration = Field(description="The figure")
    source: AssumptionSource = Field(
        default=AssumptionSource.DECLARED,
        description="default: nobody looked; declared: somebody said so; measured: a drill did",
    )
    on: Day | None = Field(default=None, description="The day it was declared or measured; a measured figure needs it")


class Assumptions(Strict):
    """What proofs take for granted."""

    copy_time: Assumption = Field(
        default=Assumption(value=timedelta(hours=1), source=AssumptionSource.DEFAULT),
        description="How long a finished backup takes to be copied to the recovery Region",
    )
    rds_replication_lag: Assumption = Field(
        default=Assumption(value=timedelta(minutes=30), source=AssumptionSource.DEFAULT),
        description="How old what RDS has replicated of an automated backup can be; AWS describes 5 to 30 minutes",
    )
    restore_time: Assumption = Field(
        default=Assumption(value=timedelta(minutes=45), source=AssumptionSource.DEFAULT),
        description="How long a restore takes, from the declaration of the disaster to verified operation",
    )
