"""Which backup sets there are, and which of them count.

A set counts when its commit is there, names exactly this manifest, and every object the set needs is held with its
size: in both Regions, with the same manifest; or in the one Region that is asked about when the other is lost.
Versions are looked at, not only what is current, because a delete marker hides a locked version and removes nothing.
The oldest version of a commit is believed: it cannot have been removed, and push never writes one over another.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from holdfast.aws.second_pass import Patience
from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.aws.workers import each_in_parallel
from holdfast.backupsets.documents import NotCommitted, SetVersions, list_sets, read_documents
from holdfast.backupsets.errors import InvalidSetDocument, ObjectDamaged, ObjectLost, UnknownRegion
from holdfast.backupsets.inventory import Inventory
from holdfast.backupsets.layout import Folder, declared_dataset, folder_of
from holdfast.backupsets.reading import Reader
from holdfast.backupsets.set_view import SetView, age_order
from holdfast.backupsets.spool import temporary_database
from holdfast.backupsets.stored_lists import read_objects
from holdfast.clock import Clock, SystemClock
from holdfast.environments.model import Environment

ROLE = "drill-runner"
WORKERS = 8

_SYSTEM_CLOCK = SystemClock()


def catalog(
    environment: Environment,
    sessions: Sessions,
    *,
    dataset: str | None = None,
    tenant: str | None = None,
    regions: Sequence[str] | None = None,
    role: str | None = ROLE,
    clock: Clock = _SYSTEM_CLOCK,
) -> list[SetView]:
    """Every set that was begun, newest first within its dataset and tenant, with whether it counts.

    Args:
        environment: what is declared.
        sessions: clients for it.
        dataset: only this one.
        tenant: only this tenant of it; by default the dataset as a whole and all tenants.
        regions: what to look at; by default both Regions, and a set has to be whole in each.
        role: purpose of the role to read as; None for the caller.
        clock: for waiting.

    Raises:
        InputError: the dataset, tenant or Region is not one of the environment's.
        ServiceError: a Region refuses or does not answer.
    """
    prefix = _prefix(environment, dataset, tenant)
    readers = [reader_of(sessions, region, role=role, clock=clock) for region in _regions(environment, regions)]
    with translated("catalog"):
        found = [list_sets(reader, prefix) for reader in readers]
        names = sorted({name for one in found for name in one}, key=lambda name: (name[0].path, name[1]))
        views: dict[tuple[Folder, str], SetView] = {}

        def look(name: tuple[Folder, str]) -> None:
            views[name] = _view(name, readers, [one.get(name) for one in found])

        each_in_parallel(names, look, workers=WORKERS)
        checked: list[SetView] = []
        for folder, group in groupby(names, key=lambda name: name[0]):
            checked += _with_objects(folder, [views[name] for name in group], readers)
    newest_first = sorted(checked, key=age_order, reverse=True)
    return sorted(newest_first, key=lambda view: (view.dataset, view.tenant or ""))


def check_scope(
    environment: Environment, *, dataset: str | None = None, tenant: str | None = None, regions: Sequence[str] = ()
) -> None:
    """Check what `catalog` is asked for, before anybody asks AWS.

    Raises:
        InputError: the dataset, tenant or Region is not one of the environment's.
    """
    _prefix(environment, dataset, tenant)
    _regions(environment, regions)


def reader_of(sessions: Sessions, region: str, *, role: str | None = ROLE, clock: Clock = _SYSTEM_CLOCK) -> Reader:
    """A reader of one Region's vault.

    Args:
        sessions: clients of the environment.
        region: one of its two Regions.
        role: purpose of the role to read as; None for the caller.
        clock: for waiting.
    """
    patience = Patience(clock, random.Random())  # noqa: S311  # spreads waits, no secret
    bucket = sessions.names.bucket_in(region)
    bulk = sessions.bulk_reads(region, bucket, role=role)
    return Reader(sessions.client("s3", region, role=role), region, bucket, patience, bulk=bulk)


def _prefix(environment: Environment, dataset: str | None, tenant: str | None) -> str:
    if dataset is None:
        return "sets/"
    if tenant is None:
        return f"sets/{declared_dataset(environment, dataset).name}/"
    return folder_of(environment, dataset, tenant).sets


def _regions(environment: Environment, asked: Sequence[str] | None) -> Sequence[str]:
    both = (environment.regions.primary, environment.regions.recovery)
    for region in asked or ():
        if region not in both:
            raise UnknownRegion(environment=environment.environment, region=region, allowed=", ".join(both))
    return asked or both


def _view(name: tuple[Folder, str], readers: Sequence[Reader], versions: Sequence[SetVersions | None]) -> SetView:
    folder, set_id = name
    view = SetView(folder, set_id, tuple(reader.region for reader in readers), committed=False)
    try:
        copies = [read_documents(reader, *name, each) for reader, each in zip(readers, versions, strict=True)]
    except NotCommitted as error:
        return replace(view, reason=str(error))
    notes = tuple(note for copy in copies for note in copy.notes)
    view = replace(view, manifest=copies[0].manifest, commit=copies[0].commit, notes=notes)
    if len({copy.commit.manifest_sha256 for copy in copies}) > 1:
        return replace(view, manifest=None, commit=None, reason="the manifests in the two Regions differ")
    return replace(view, committed=True)


def _with_objects(folder: Folder, views: Iterable[SetView], readers: Sequence[Reader]) -> list[SetView]:
    """The same views, those without all their objects no longer committed."""
    views = list(views)
    if not any(view.committed for view in views):
        return views
    with temporary_database() as database:
        stocks = [(reader, Inventory(database, reader, folder)) for reader in readers]
        return [_checked(view, stocks) if view.committed else view for view in views]


def _checked(view: SetView, stocks: Sequence[tuple[Reader, Inventory]]) -> SetView:
    if view.manifest is None:
        return view
    for reader, stock in stocks:
        try:
            missing = stock.missing(read_objects(reader, view.folder, view.manifest))
        except (ObjectLost, ObjectDamaged, InvalidSetDocument) as error:
            return replace(view, committed=False, reason=error.message)
        if missing.count:
            first = ", ".join(digest[:12] for digest in missing.first)
            reason = f"{missing.count} of {view.manifest.objects.count} objects are missing in {reader.region}: {first}"
            return replace(view, committed=False, reason=reason)
        hidden = stock.hidden(read_objects(reader, view.folder, view.manifest))
        if hidden.count:
            first = ", ".join(digest[:12] for digest in hidden.first)
            note = f"{hidden.count} objects are hidden behind a delete marker in {reader.region}: {first}"
            view = replace(view, notes=(*view.notes, f"{note}; a restore finds them by their versions"))
    return view
