"""The snapshot, or the moment of the automated backups, that a drill restores."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from typing import Any

from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.context import Drill
from holdfast.drills.interface import Nothing, RecoveryPoint, Selection
from holdfast.drills.rds.errors import NotAnRdsSnapshot
from holdfast.drills.rds.sources import Source, automated_backups, snapshots
from holdfast.drills.sampling import draw
from holdfast.drills.spec import LATEST
from holdfast.environments.model import Dataset, Scenario
from holdfast.environments.names import SNAPSHOT_RESTORER

SNAPSHOT, POINT_IN_TIME = "RDS snapshot", "RDS point in time"
_SECOND = timedelta(seconds=1)
_GIBIBYTE = 1024**3
_NAMED = 5


def choose(drill: Drill) -> Selection | Nothing:
    """The newest snapshot, or the latest restorable time, from before the failure, in the Region that is left.

    Where several instances hold the dataset, one is drawn with the drill's seed.

    Raises:
        NotAnRdsSnapshot: what `--set` names is none of the dataset's.
        ServiceError: RDS refuses or does not answer.
    """
    every = _every(drill)
    if drill.spec.set_id not in (None, LATEST):
        every = [_named(drill, every)]
    fit = [each for each in every if each.usable and _moment(each, drill.failed_at) is not None]
    if not fit:
        return Nothing(reason=_why_none(drill, every))
    resources = sorted({each.resource for each in fit})
    drawn = random.Random(drill.spec.seed).choice(resources)  # noqa: S311  repeatable on purpose, not secret
    source = next(each for each in fit if each.resource == drawn)
    return Selection(point=_point(drill, source), sampling=draw(len(resources), 1, drill.spec.seed))


def dataset_of(drill: Drill) -> Dataset:
    """The dataset the drill is about."""
    return declared_dataset(drill.environment, str(drill.spec.dataset))


def region_of(drill: Drill) -> str:
    """The recovery Region, or the primary one where only data was corrupted."""
    regions = drill.environment.regions
    return regions.recovery if drill.spec.scenario is Scenario.REGION_LOSS else regions.primary


def client_of(drill: Drill) -> Any:
    """RDS in that Region, as the role that restores."""
    return drill.sessions.client("rds", region_of(drill), role=SNAPSHOT_RESTORER)


def from_snapshot(drill: Drill) -> bool:
    """Whether a snapshot is restored: when `--set` says so, or nothing declares a point in time in that Region.

    An instance's own Region has its automated backups; another one only what `replicate_for` keeps there.
    """
    if drill.spec.set_id is not None:
        return True
    rules = drill.environment.tier_of(dataset_of(drill)).rules
    return drill.spec.scenario is Scenario.REGION_LOSS and all(rule.replicate_for is None for rule in rules)


def source_again(drill: Drill, point: RecoveryPoint) -> Source | None:
    """What was selected, as RDS tells of it now; None when it is gone."""
    name = _name_in(point)
    return next((each for each in _every(drill) if each.id == name), None)


def _every(drill: Drill) -> list[Source]:
    find = snapshots if from_snapshot(drill) else automated_backups
    return find(client_of(drill), drill.environment, dataset_of(drill), region_of(drill))


def _named(drill: Drill, every: list[Source]) -> Source:
    wanted = str(drill.spec.set_id)
    region, account = region_of(drill), drill.environment.accounts.workload
    found = next(
        (each for each in every if wanted in (each.id, f"arn:aws:rds:{region}:{account}:snapshot:{each.id}")), None
    )
    if found is None:
        there = ", ".join(each.id for each in every[:_NAMED]) or "none"
        raise NotAnRdsSnapshot(name=wanted, dataset=drill.spec.dataset, region=region, there=there)
    return found


def _moment(source: Source, failed_at: datetime) -> datetime | None:
    """The moment to restore: no later than RDS can, no later than the failure; None when there is none."""
    if source.earliest is None or source.latest is None or source.earliest > failed_at + _SECOND:
        return None
    return max(min(source.latest, failed_at), source.earliest)


def _point(drill: Drill, source: Source) -> RecoveryPoint:
    moment = _moment(source, drill.failed_at) or drill.failed_at
    text = f"{source.id}@{moment.isoformat()}"
    kind = SNAPSHOT if source.is_snapshot else POINT_IN_TIME
    folder = "snapshots" if source.is_snapshot else "automated-backups"
    return RecoveryPoint(
        id=text,
        resource=source.instance,
        region=region_of(drill),
        account=drill.environment.accounts.workload,
        captured_at=moment,
        committed_at=moment,
        files=1,
        bytes=source.gigabytes * _GIBIBYTE,
        digest=hashlib.sha256(f"{source.instance} {text} {source.version} {source.key}".encode()).hexdigest(),
        subject=f"{folder}/{source.id.rsplit(':', 1)[-1]}",
        type=kind,
        kms_key=source.key,
    )


def _name_in(point: RecoveryPoint) -> str:
    return point.id.rpartition("@")[0]


def _why_none(drill: Drill, every: list[Source]) -> str:
    what = "snapshot" if from_snapshot(drill) else "automated backup"
    where, name = region_of(drill), drill.spec.dataset
    if not every:
        return f"no {what} of {name} is in {where}"
    usable = [each for each in every if each.usable]
    if usable:
        first = min(each.earliest for each in usable if each.earliest)
        return (
            f"every {what} of {name} in {where} is younger than the failure; the first is of {first:%Y-%m-%dT%H:%M:%SZ}"
        )
    return f"no {what} of {name} in {where} can be restored; {every[0].id} is {every[0].status}"
