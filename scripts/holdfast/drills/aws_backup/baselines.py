"""Taking a baseline, and finding the one that speaks of a recovery point."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import catalog
from holdfast.backupsets.fetch import fetch_file, open_set
from holdfast.backupsets.layout import declared_dataset
from holdfast.backupsets.push import push
from holdfast.backupsets.pushed import PushedSet
from holdfast.backupsets.set_view import SetView
from holdfast.clock import Clock
from holdfast.drills.aws_backup.baseline import FILE, Baseline, parse
from holdfast.drills.aws_backup.errors import NotProtectedByAwsBackup
from holdfast.drills.aws_backup.points import Place, Point, newest_of_each, place_of, points_of, type_of
from holdfast.drills.aws_backup.reading import READABLE, items_now, objects_between
from holdfast.environments.model import Dataset, DatasetKind, Environment, Scenario

_LOOKED_AT = 50


@dataclass(frozen=True)
class Taken:
    """A baseline that was taken, and the set it is kept in."""

    baseline: Baseline
    kept: PushedSet

    def document(self) -> dict[str, Any]:
        """As plain JSON values, without the names of what the resource holds."""
        return {
            "resource": self.baseline.resource,
            "type": self.baseline.type,
            "as_of": self.baseline.as_of.isoformat(),
            "members": len(self.baseline.members),
            "sha256": self.baseline.digest,
            "set_id": self.kept.set_id,
        }


def take(
    environment: Environment,
    sessions: Sessions,
    name: str,
    *,
    clock: Clock,
    now: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> list[Taken]:
    """Read each resource of a dataset as of its newest recovery point, and keep what was found as a backup set.

    A bucket is read as of that moment, by its versions. A table has none: it is read as it is now, so take its baseline
    before anything else is written.

    Args:
        environment: what is declared.
        sessions: clients; the caller reads the resources, the backup writer keeps the baselines.
        name: the dataset.
        clock: time.
        now: read the dataset's tables as they are, whatever AWS Backup holds: for DynamoDB's own recovery.
        say: told of each resource.

    Raises:
        NotProtectedByAwsBackup: AWS Backup holds nothing of it, or its content cannot be read.
        ServiceError: a service refuses or does not answer.
    """
    dataset = declared_dataset(environment, name)
    kind = type_of(dataset)
    if kind not in READABLE:
        raise NotProtectedByAwsBackup(dataset=name, because=f"nobody here reads the content of {kind}")
    place = place_of(environment, Scenario.CORRUPTION)
    if now:
        return _take_tables(environment, sessions, dataset, place, clock, say)
    points = newest_of_each([each for each in points_of(environment, sessions, dataset, place) if each.complete])
    if not points:
        raise NotProtectedByAwsBackup(dataset=name, because=f"vault {place.vault} holds no recovery point of it")
    taken = []
    for point in points.values():
        say(f"read {point.resource} as of {point.created:%Y-%m-%dT%H:%M:%SZ}")
        baseline = _read(sessions, dataset, kind, place, point)
        taken.append(Taken(baseline, keep(environment, sessions, baseline, clock)))
    return taken


def tables_of(dynamodb: Any, dataset: Dataset) -> list[str]:
    """The ARNs of a dataset's tables in a Region: those it names, and those that carry all its tags."""
    found = [arn for arn in dataset.select.arns if ":table/" in arn]
    wanted = dataset.select.tags.items()
    if wanted:
        for page in dynamodb.get_paginator("list_tables").paginate():
            for name in page["TableNames"]:
                arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
                tags = dynamodb.list_tags_of_resource(ResourceArn=arn).get("Tags", [])
                if wanted <= {each["Key"]: each["Value"] for each in tags}.items() and arn not in found:
                    found.append(arn)
    return sorted(found)


def find(
    environment: Environment, sessions: Sessions, dataset: Dataset, region: str, point: Point, clock: Clock
) -> tuple[SetView, Baseline] | None:
    """The baseline of a recovery point: of that very moment, else the newest one from before it.

    Raises:
        BaselineNotUsable: it is damaged.
        ServiceError: the Region refuses or does not answer.
    """
    best: tuple[SetView, Baseline] | None = None
    for view, baseline in kept_in(environment, sessions, dataset, region, clock):
        if baseline.resource != point.resource or baseline.as_of > _end(point):
            continue
        if baseline.as_of == point.created:
            return view, baseline
        if best is None or baseline.as_of > best[1].as_of:
            best = view, baseline
    return best


def is_baseline(sessions: Sessions, region: str, view: SetView, clock: Clock) -> bool:
    """Whether a set holds a baseline and not a backup.

    Raises:
        ServiceError: the Region refuses or does not answer.
    """
    if not _is_one(view):
        return False
    entry = next(iter(open_set(sessions, region, view, clock=clock).files()), None)
    return entry is not None and entry.path == FILE.encode()


def kept_in(
    environment: Environment, sessions: Sessions, dataset: Dataset, region: str, clock: Clock
) -> Iterator[tuple[SetView, Baseline]]:
    """The newest baselines of a dataset that are kept in a Region, newest first, each with the set it is kept in.

    Raises:
        BaselineNotUsable: one is damaged.
        ServiceError: the Region refuses or does not answer.
    """
    views = catalog(environment, sessions, dataset=dataset.name, regions=[region], clock=clock)
    kept = [view for view in views if view.committed and view.tenant is None and _is_one(view)]
    for view in sorted(kept, key=lambda each: each.captured_at, reverse=True)[:_LOOKED_AT]:
        baseline = _open(sessions, region, view, clock)
        if baseline is not None:
            yield view, baseline


def _end(point: Point) -> datetime:
    return point.completed or point.created


def _read(sessions: Sessions, dataset: Dataset, kind: str, place: Place, point: Point) -> Baseline:
    name = point.resource.replace("/", ":").rsplit(":", 1)[-1]
    with translated(f"read {point.resource}"):
        if kind == "S3":
            until = _end(point)
            members = objects_between(sessions.client("s3", place.region), name, point.created, until)
            as_of = point.created
        else:
            as_of = until = point.created
            members = items_now(sessions.client("dynamodb", place.region), name)
    return Baseline(dataset=dataset.name, resource=point.resource, type=kind, as_of=as_of, until=until, members=members)


def _take_tables(
    environment: Environment,
    sessions: Sessions,
    dataset: Dataset,
    place: Place,
    clock: Clock,
    say: Callable[[str], None],
) -> list[Taken]:
    dynamodb = sessions.client("dynamodb", place.region)
    with translated("look for the dataset's tables"):
        tables = tables_of(dynamodb, dataset) if dataset.kind is DatasetKind.DYNAMODB else []
    if not tables:
        raise NotProtectedByAwsBackup(dataset=dataset.name, because=f"no table of it is in {place.region}")
    taken = []
    for arn in tables:
        say(f"read {arn}")
        began = sessions.server_time(place.region)
        with translated(f"read {arn}"):
            members = items_now(dynamodb, arn.rsplit("/", 1)[-1])
        baseline = Baseline(
            dataset=dataset.name, resource=arn, type="DynamoDB", as_of=began, until=began, members=members
        )
        taken.append(Taken(baseline, keep(environment, sessions, baseline, clock)))
    return taken


def keep(environment: Environment, sessions: Sessions, baseline: Baseline, clock: Clock) -> PushedSet:
    """Keep a baseline as a backup set of its dataset."""
    with tempfile.TemporaryDirectory(prefix="holdfast-baseline-") as folder:
        (Path(folder) / FILE).write_bytes(baseline.content())
        return push(environment, sessions, baseline.dataset, Path(folder), clock=clock)


def _is_one(view: SetView) -> bool:
    return view.manifest is not None and view.manifest.totals.files == 1


def _open(sessions: Sessions, region: str, view: SetView, clock: Clock) -> Baseline | None:
    entries = open_set(sessions, region, view, clock=clock)
    entry = next(iter(entries.files()), None)
    if entry is None or entry.path != FILE.encode():
        return None
    with tempfile.TemporaryDirectory(prefix="holdfast-baseline-") as folder:
        fetch_file(entries, entry, Path(folder), clock=clock)
        return parse((Path(folder) / FILE).read_bytes())
