"""What is asked of a drill: data, kept in the journal, so that a resumed drill does what was declared."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from holdfast.drills.errors import BadMomentToReturnTo, UnknownScenario
from holdfast.drills.game_day.plan import GameDay
from holdfast.environments.model import Scenario
from holdfast.evidence.sections import NotExercised

LATEST = "latest"
DRILL_ID = re.compile(r"drill-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")


class Trigger(StrEnum):
    """Why the drill runs."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    INCIDENT = "incident"


class DrillSpec(BaseModel):
    """One drill, declared.

    Args:
        environment: name of the environment.
        kind: name of the kind, as `holdfast drill list` shows it.
        dataset: the dataset to restore, for kinds that restore one.
        tenant: the one tenant of the dataset to restore.
        scenario: what is supposed to have gone wrong; the kind's first one when left out.
        sample: how many members to restore; all of them when None.
        seed: what the sample is drawn with.
        set_id: the backup set to restore; the newest committed one when None.
        max_bytes: refuse to restore more than this many bytes.
        failed_at: when the disaster is supposed to have happened; the moment of declaration when None.
        responsible: who answers for the drill; the environment's own answer when empty.
        trigger: why it runs.
        rotate: take the set, and for a sample the files, that were proved longest ago.
        around: the kind to wrap, for kinds that wrap another one.
        part_of: the drill and the step of it that this one is, when it is a part of a game day.
        game_day: the steps, for the kind that runs several drills.
        not_exercised: what was declared and left out where this drill runs, such as resources no emulator serves.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    kind: str
    dataset: str | None = None
    tenant: str | None = None
    scenario: Scenario | None = None
    sample: int | None = Field(default=None, ge=1)
    seed: int = Field(default=0, ge=0)
    set_id: str | None = None
    max_bytes: int | None = Field(default=None, ge=1)
    failed_at: datetime | None = None
    responsible: str = ""
    trigger: Trigger = Trigger.MANUAL
    rotate: bool = False
    around: str | None = None
    part_of: str | None = None
    game_day: GameDay | None = None
    not_exercised: tuple[NotExercised, ...] = ()

    @property
    def target(self) -> str:
        """What only one drill at a time may work on."""
        if self.dataset is None:
            return self.kind
        return self.dataset if self.tenant is None else f"{self.dataset}.{self.tenant}"


def parse_scenario(text: str | None) -> Scenario | None:
    """Read `--scenario`; None for the kind's own.

    Raises:
        UnknownScenario: there is no such scenario.
    """
    if text is None:
        return None
    try:
        return Scenario(text)
    except ValueError:
        raise UnknownScenario(scenario=text, allowed=", ".join(Scenario)) from None


def parse_moment(text: str | None, now: datetime) -> datetime | None:
    """Read `--to`: a moment in the past with its time zone, or `latest` (None).

    Raises:
        BadMomentToReturnTo: it is none.
    """
    if text is None or text == LATEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMomentToReturnTo(got=text, problem="it is no time") from None
    if moment.tzinfo is None:
        raise BadMomentToReturnTo(got=text, problem="it says no time zone")
    if moment > now:
        raise BadMomentToReturnTo(got=text, problem="it lies ahead")
    return moment.astimezone(UTC)


def new_drill_id(now: datetime, rng: random.Random) -> str:
    """`drill-<UTC time>-<8 hexadecimal digits>`: sorts by time, safe as a folder and as part of an object key."""
    return f"drill-{now:%Y%m%dT%H%M%SZ}-{rng.getrandbits(32):08x}"
