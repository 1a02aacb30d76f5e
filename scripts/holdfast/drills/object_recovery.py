"""Restore objects of a backup set, a random sample or all, and show that they are what was backed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE, catalog, reader_of
from holdfast.backupsets.documents import Documents, NotCommitted, list_sets, read_documents
from holdfast.backupsets.entries import Entry
from holdfast.backupsets.errors import InvalidSetDocument
from holdfast.backupsets.fetch import Entries, fetch_many, open_set
from holdfast.backupsets.layout import COMMIT, NO_TENANT, folder_of
from holdfast.backupsets.set_view import SetView, newest_committed
from holdfast.drills.checks import CheckKind, compare
from holdfast.drills.context import Drill
from holdfast.drills.errors import SetOutsideScope
from holdfast.drills.interface import (
    Cleaned,
    Nothing,
    Probed,
    RecoveryPoint,
    Restored,
    Selection,
    Survey,
    Verified,
)
from holdfast.drills.lock_reading import locks_in_force, read_lock
from holdfast.drills.restored_tree import compare_tree
from holdfast.drills.sampling import draw
from holdfast.environments.model import Environment, Scenario

_NAMED = 20


@dataclass(frozen=True)
class ObjectRecovery:
    """From the recovery Region with the primary one out of reach; in the scenario `corruption` from the primary one."""

    name: str = "object-recovery"
    proves: str = "Files of a dataset come back from a committed backup set bit by bit, in time, still under lock."
    scenarios: tuple[Scenario, ...] = (Scenario.REGION_LOSS, Scenario.CORRUPTION)
    restores_dataset: bool = True

    def survey(self, drill: Drill) -> Survey:
        """Who reads, from where, and how far the clocks are apart."""
        region, sessions = _region(drill), drill.sessions
        bucket = drill.names.bucket_in(region)
        with translated(f"look at {bucket}"):
            sessions.client("s3", region, role=ROLE).head_bucket(Bucket=bucket)
        return Survey(
            principals={ROLE: sessions.caller_arn(ROLE), "caller": sessions.caller_arn()},
            skew_seconds=sessions.server_clock(region, role=ROLE).skew.total_seconds(),
            sources=(f"s3://{bucket}",),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """The newest committed set from before the failure, or the one that was named."""
        region = _region(drill)
        views = [view for view in _catalog(drill, region) if view.tenant == drill.spec.tenant]
        view = _named(views, drill) if drill.spec.set_id else _newest(views, drill.failed_at)
        if view is None or view.manifest is None or view.commit is None:
            return Nothing(reason=_why_none(views, drill, region))
        if not view.manifest.totals.files:
            return Nothing(reason=f"backup set {view.set_id} holds no file")
        entries = open_set(drill.sessions, region, view, clock=drill.clock)
        sampling = draw(view.manifest.totals.files, drill.spec.sample, drill.spec.seed)
        members = sampling.members()
        whole = view.manifest.totals.bytes
        size = whole if members is None else sum(entry.size for entry in _chosen(entries, members))
        return Selection(point=_point(drill, region, view), sampling=sampling, restore_bytes=size)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Fetch the members into the target; what cannot be had is named and does not keep the others back."""
        entries, _ = _opened(drill, _point_of(selection))
        members = _members(selection)
        only = None if members is None else _chosen(entries, members)
        fetched = fetch_many(entries, drill.target, only=only, clock=drill.clock)
        return Restored(
            files=fetched.files,
            bytes=fetched.bytes,
            failures=len(fetched.failures),
            failed=tuple(f"{each.path}: {each.because}" for each in fetched.failures[:_NAMED]),
            warned=len(fetched.warnings),
            warnings=tuple(f"{each.path}: {each.because}" for each in fetched.warnings[:_NAMED]),
        )

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Read manifest and list again from the bucket, every restored byte again from the disk, and the locks."""
        point = _point_of(selection)
        entries, documents = _opened(drill, point)
        members = _members(selection)
        wanted = entries if members is None else _chosen(entries, members)
        tree = compare_tree(drill.target, wanted, whole=members is None)
        chosen = entries.files() if members is None else _chosen(entries, members)
        locks = locks_in_force(drill, entries.reader.region, entries.view.folder, chosen)
        manifest, spec = documents.manifest, drill.spec
        checks = (
            compare(
                "restored-without-failure",
                CheckKind.INTEGRITY,
                expected=0,
                observed=restored.failures,
                because="; ".join(restored.failed[:5]),
            ),
            *tree.checks(),
            compare(
                "manifest", CheckKind.CHECKSUM, expected=documents.commit.manifest_sha256, observed=manifest.sha256()
            ),
            compare(
                "scope",
                CheckKind.SCOPE,
                expected=f"{spec.environment}/{spec.dataset}/{spec.tenant or NO_TENANT}",
                observed=f"{manifest.environment}/{manifest.dataset}/{manifest.tenant or NO_TENANT}",
            ),
            locks,
        )
        return Verified(checks=checks, newest_committed=manifest.captured_at if tree.right else None)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Nothing to probe."""
        return Probed()

    def clean_up(self, drill: Drill) -> Cleaned:
        """Everything it makes is in the scratch folder."""
        return Cleaned()

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Nothing of it stays elsewhere."""
        return Cleaned()


def _region(drill: Drill) -> str:
    regions = drill.environment.regions
    return regions.recovery if drill.spec.scenario is Scenario.REGION_LOSS else regions.primary


def _catalog(drill: Drill, region: str) -> list[SetView]:
    spec = drill.spec
    return catalog(
        drill.environment,
        drill.sessions,
        dataset=spec.dataset,
        tenant=spec.tenant,
        regions=[region],
        clock=drill.clock,
    )


def _newest(views: list[SetView], failed_at: datetime) -> SetView | None:
    """Server times are good to a second, so a set of the second of the failure is one from before it."""
    return newest_committed([view for view in views if view.captured_at <= failed_at + timedelta(seconds=1)])


def _named(views: list[SetView], drill: Drill) -> SetView:
    scope = drill.spec.dataset if drill.spec.tenant is None else f"{drill.spec.dataset} of {drill.spec.tenant}"
    view = next((each for each in views if each.set_id == drill.spec.set_id), None)
    if view is None or not view.committed:
        problem = view.reason if view else "there is none of that name"
        raise SetOutsideScope(set_id=drill.spec.set_id, scope=scope, problem=problem)
    return view


def _why_none(views: list[SetView], drill: Drill, region: str) -> str:
    whose = f"{drill.spec.dataset}" + (f" of tenant {drill.spec.tenant}" if drill.spec.tenant else "")
    if not views:
        return f"no backup set of {whose} is in {region}"
    if any(view.committed for view in views):
        return f"every committed backup set of {whose} is younger than the failure"
    return f"no backup set of {whose} in {region} counts; the newest: {views[0].reason}"


def _point(drill: Drill, region: str, view: SetView) -> RecoveryPoint:
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


def _point_of(selection: Selection) -> RecoveryPoint:
    if selection.point is None:
        raise InvalidSetDocument(what="the selection", problem="it names no recovery point")
    return selection.point


def _opened(drill: Drill, point: RecoveryPoint) -> tuple[Entries, Documents]:
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


def _members(selection: Selection) -> frozenset[int] | None:
    return selection.sampling.members() if selection.sampling else None


def _chosen(entries: Entries, members: frozenset[int]) -> Iterator[Entry]:
    return (entry for number, entry in enumerate(entries.files()) if number in members)
