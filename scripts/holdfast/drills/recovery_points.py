"""Backup sets as recovery points: which one a drill restores, and the set opened anew from the bucket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import catalog, reader_of
from holdfast.backupsets.documents import Documents, NotCommitted, list_sets, read_documents
from holdfast.backupsets.entries import Entry
from holdfast.backupsets.errors import InvalidSetDocument
from holdfast.backupsets.fetch import Entries, open_set
from holdfast.backupsets.layout import COMMIT, folder_of
from holdfast.backupsets.set_view import SetView, newest_committed
from holdfast.drills.context import Drill
from holdfast.drills.errors import SetOutsideScope
from holdfast.drills.interface import Nothing, RecoveryPoint, Selection
from holdfast.drills.lock_reading import read_lock
from holdfast.environments.model import Scenario

_LOSES_THE_PRIMARY = frozenset({Scenario.REGION_LOSS, Scenario.KEY_LOSS})


def region_of(drill: Drill) -> str:
    """The Region to restore from: the recovery one when the primary one, or its key, is lost."""
    regions = drill.environment.regions
    return regions.recovery if drill.spec.scenario in _LOSES_THE_PRIMARY else regions.primary


def sets_in(drill: Drill, region: str) -> list[SetView]:
    """Every set of the drill's dataset that one Region knows, whether or not it counts."""
    spec = drill.spec
    return catalog(
        drill.environment,
        drill.sessions,
        dataset=spec.dataset,
        tenant=spec.tenant,
        regions=[region],
        clock=drill.clock,
    )


def sets_of_dataset(drill: Drill, region: str) -> list[SetView]:
    """Every set of the dataset that one Region knows, of all tenants and of the whole."""
    return catalog(drill.environment, drill.sessions, dataset=drill.spec.dataset, regions=[region], clock=drill.clock)


def newest_before(views: list[SetView], failed_at: datetime) -> SetView | None:
    """The newest set that counts and was captured before the failure.

    Server times are good to a second, so a set of the second of the failure is one from before it.
    """
    return newest_committed([view for view in views if view.captured_at <= failed_at + timedelta(seconds=1)])


def proved_longest_ago(drill: Drill, views: list[SetView], region: str) -> SetView | None:
    """Of the sets that count, the one no drill, or the oldest one, has proved."""
    counting = {view.set_id: view for view in views if view.committed}
    chosen = drill.memory.longest_ago(region, counting)
    return counting[chosen] if chosen else None


def failure_after(drill: Drill, view: SetView, region: str) -> datetime | None:
    """When the disaster must have happened for this set to be the one to restore: as the next one was captured.

    Nothing for the newest set: the disaster is now.
    """
    later = [
        each.captured_at
        for each in sets_in(drill, region)
        if each.tenant == drill.spec.tenant and each.committed and each.captured_at > view.captured_at
    ]
    return min(later, default=None)


def _named(views: list[SetView], drill: Drill) -> SetView:
    scope = drill.spec.dataset if drill.spec.tenant is None else f"{drill.spec.dataset} of {drill.spec.tenant}"
    view = next((each for each in views if each.set_id == drill.spec.set_id), None)
    if view is None or not view.committed:
        problem = view.reason if view else "there is none of that name"
        raise SetOutsideScope(set_id=drill.spec.set_id, scope=scope, problem=problem)
    return view


def choose(drill: Drill, region: str) -> SetView | Nothing:
    """The newest set of the drill's dataset and tenant from before the failure, or the one that was named.

    Raises:
        SetOutsideScope: the one that was named is not one of theirs, or does not count.
        ServiceError: the Region refuses or does not answer.
    """
    views = [view for view in sets_in(drill, region) if view.tenant == drill.spec.tenant]
    if drill.spec.rotate and not drill.spec.set_id:
        view = proved_longest_ago(drill, views, region)
    else:
        view = _named(views, drill) if drill.spec.set_id else newest_before(views, drill.failed_at)
    if view is None or view.manifest is None or view.commit is None:
        return Nothing(reason=_why_none(views, drill, region))
    if not view.manifest.totals.files:
        return Nothing(reason=f"backup set {view.set_id} holds no file")
    return view


def _why_none(views: list[SetView], drill: Drill, region: str) -> str:
    whose = f"{drill.spec.dataset}" + (f" of tenant {drill.spec.tenant}" if drill.spec.tenant else "")
    if not views:
        return f"no backup set of {whose} is in {region}"
    if any(view.committed for view in views):
        return f"every committed backup set of {whose} is younger than the failure"
    return f"no backup set of {whose} in {region} counts; the newest: {views[0].reason}"


def point_from(drill: Drill, region: str, view: SetView) -> RecoveryPoint:
    """A set as a recovery point, with its lock as it is now.

    Raises:
        InvalidSetDocument: it is not committed.
    """
    if view.manifest is None or view.commit is None:
        raise InvalidSetDocument(what=view.set_id, problem="it is not committed")
    manifest, accounts = view.manifest, drill.environment.accounts
    key = view.folder.document_key(view.set_id, COMMIT)
    lock = read_lock(drill, region, key)
    return RecoveryPoint(
        id=view.set_id,
        resource=f"s3://{drill.names.bucket_in(region)}/{key}",
        region=region,
        account=accounts.workload if region == drill.environment.regions.primary else accounts.backup,
        captured_at=manifest.captured_at,
        committed_at=view.commit.committed_at,
        files=manifest.totals.files,
        bytes=manifest.totals.bytes,
        digest=view.commit.manifest_sha256,
        kms_key=manifest.regions[region].key if region in manifest.regions else None,
        lock_mode=lock.mode if lock else None,
        locked_until=lock.until if lock else None,
        lock_read_at=drill.clock.now() if lock else None,
    )


def point_of(selection: Selection) -> RecoveryPoint:
    """The recovery point that was selected.

    Raises:
        InvalidSetDocument: there is none.
    """
    if selection.point is None:
        raise InvalidSetDocument(what="the selection", problem="it names no recovery point")
    return selection.point


def opened(drill: Drill, point: RecoveryPoint) -> tuple[Entries, Documents]:
    """The set, read from the bucket anew.

    Raises:
        InvalidSetDocument: it is not the one that was selected.
    """
    folder = folder_of(drill.environment, str(drill.spec.dataset), drill.spec.tenant)
    reader = reader_of(drill.sessions, point.region, clock=drill.clock)
    with translated("open the backup set"):
        versions = list_sets(reader, f"{folder.sets}{point.id}/").get((folder, point.id))
        try:
            documents = read_documents(reader, folder, point.id, versions)
        except NotCommitted as error:
            raise InvalidSetDocument(what=f"backup set {point.id}", problem=error) from error
    if documents.commit.manifest_sha256 != point.digest:
        raise InvalidSetDocument(what=f"backup set {point.id}", problem="it is no longer the one that was selected")
    view = SetView(
        folder,
        point.id,
        (point.region,),
        committed=True,
        manifest=documents.manifest,
        commit=documents.commit,
        notes=documents.notes,
    )
    return open_set(drill.sessions, point.region, view, clock=drill.clock), documents


def members_of(selection: Selection) -> frozenset[int] | None:
    """The positions of the files in the sample; None for every one."""
    return selection.sampling.members() if selection.sampling else None


def chosen(entries: Entries, members: frozenset[int] | None) -> Iterator[Entry]:
    """The files at these positions of the set, in its order; every file for None."""
    if members is None:
        return entries.files()
    return (entry for number, entry in enumerate(entries.files()) if number in members)
