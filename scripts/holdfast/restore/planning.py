"""Make a plan: choose the sets, look at the target, write nothing but the plan."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.backupsets.catalog import ROLE, catalog
from holdfast.backupsets.errors import UnknownRegion
from holdfast.backupsets.set_view import SetView, newest_committed
from holdfast.clock import Clock
from holdfast.environments.model import Environment
from holdfast.environments.names import Names
from holdfast.evidence.provenance import digest_of
from holdfast.restore.choosing import Choice
from holdfast.restore.differing import changes_of
from holdfast.restore.erasure.ledger import Erased
from holdfast.restore.errors import NothingToRestore, SetNotInScope, WouldOverwrite
from holdfast.restore.opening import open_item
from holdfast.restore.plan import Item, RestorePlan
from holdfast.restore.principals import caller
from holdfast.restore.scope import Scope, ScopeKind
from holdfast.restore.target import BucketTarget, DirectoryTarget, check_target


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Args:
        scope: how much.
        region: which copy to read; by default the recovery Region's, which is there whatever happened to the other.
        target: where to.
        set_id: this set; by default the newest that counts.
        before: only sets captured at this moment or earlier, such as just before the corruption.
        overwrite: whether files of other content may be replaced.
        without: globs of paths to leave out.
        reason: why, for the approver.
    """

    scope: Scope
    target: DirectoryTarget | BucketTarget
    region: str
    set_id: str | None = None
    before: datetime | None = None
    overwrite: bool = False
    without: tuple[str, ...] = ()
    reason: str = ""


def make_plan(
    environment: Environment,
    sessions: Sessions,
    wanted: Wanted,
    erased: Erased,
    *,
    home: Path,
    clock: Clock,
    rng: random.Random,
    who: str | None = None,
) -> RestorePlan:
    """The plan of a restore; reads as the drill runner, writes nothing.

    Args:
        environment: what is restored.
        sessions: its clients.
        wanted: what is asked for.
        erased: what was erased on purpose.
        home: Holdfast's folder, which is never a target.
        clock: when it is planned.
        rng: makes no two plans the same.
        who: ARN of who plans; by default who calls.

    Raises:
        NothingToRestore: no set that counts is in scope, or every file of it is left out.
        SetNotInScope: the set named is not.
        BadTarget, TargetOutsideTenant: the target cannot be used.
        WouldOverwrite: without leave.
        ServiceError: the Region refuses or does not answer.
    """
    _check_region(environment, wanted.region)
    check_target(wanted.target, Names(environment), home, wanted.scope.tenant)
    views = _chosen(environment, sessions, wanted, clock)
    items = [_item(environment, wanted.scope, view) for view in views]
    opened = [(item, open_item(sessions, wanted.region, item, role=ROLE, clock=clock)) for item in items]
    s3 = target_client(sessions, wanted.target)
    changes = changes_of(opened, wanted.target, Choice(wanted.without, erased), s3)
    if changes.left_out and changes.left_out == sum(item.files for item in items):
        raise NothingToRestore(reason="--without leaves out every file", environment=environment.environment)
    if changes.overwrite.files and not wanted.overwrite:
        first = next((each.path for each in changes.shown if each.change == "overwrite"), "a file")
        raise WouldOverwrite(count=changes.overwrite.files, target=wanted.target.name, first=first)
    return RestorePlan(
        environment=environment.environment,
        configuration=digest_of(environment),
        planned_at=clock.now(),
        planned_by=who or caller(sessions, wanted.region),
        reason=wanted.reason,
        scope=wanted.scope,
        region=wanted.region,
        target=wanted.target,
        overwrite=wanted.overwrite,
        without=wanted.without,
        items=tuple(items),
        changes=changes,
        erasure_head=erased.head,
        nonce=f"{rng.getrandbits(128):032x}",
    )


def target_client(sessions: Sessions, target: DirectoryTarget | BucketTarget) -> Any:
    """The S3 client a target is written with: the caller's own, because the restore role writes nothing."""
    return sessions.client("s3", target.region) if isinstance(target, BucketTarget) else None


def _check_region(environment: Environment, region: str) -> None:
    both = (environment.regions.primary, environment.regions.recovery)
    if region not in both:
        raise UnknownRegion(environment=environment.environment, region=region, allowed=", ".join(both))


def _chosen(environment: Environment, sessions: Sessions, wanted: Wanted, clock: Clock) -> Sequence[SetView]:
    """The newest set of each folder in scope, or the one that was named."""
    scope = wanted.scope
    found = catalog(
        environment, sessions, dataset=scope.dataset, tenant=_asked_tenant(scope), regions=[wanted.region], clock=clock
    )
    views = [view for view in found if scope.holds(view.folder)]
    if wanted.set_id is not None:
        return [_named(views, wanted.set_id, scope)]
    latest = None if wanted.before is None else wanted.before + timedelta(seconds=1)
    folders = sorted({view.folder for view in views}, key=lambda folder: folder.path)
    chosen = []
    for folder in folders:
        counting = [view for view in views if view.folder == folder and (latest is None or view.captured_at <= latest)]
        newest = newest_committed(counting)
        if newest is not None:
            chosen.append(newest)
    if not chosen:
        reason = views[0].reason if views and views[0].reason else f"no set of {scope.name} counts in {wanted.region}"
        raise NothingToRestore(reason=reason, environment=environment.environment)
    return chosen


def _asked_tenant(scope: Scope) -> str | None:
    return scope.tenant if scope.dataset is not None else None


def _named(views: Sequence[SetView], set_id: str, scope: Scope) -> SetView:
    view = next((each for each in views if each.set_id == set_id), None)
    if view is None or not view.committed:
        problem = view.reason if view is not None else "there is none of that name"
        raise SetNotInScope(set_id=set_id, scope=scope.name, problem=problem)
    return view


def _item(environment: Environment, scope: Scope, view: SetView) -> Item:
    if view.manifest is None or view.commit is None:
        raise SetNotInScope(set_id=view.set_id, scope=scope.name, problem="it does not count")
    return Item(
        dataset=view.dataset,
        tenant=view.tenant,
        set_id=view.set_id,
        manifest_sha256=view.commit.manifest_sha256,
        captured_at=view.captured_at,
        files=view.manifest.totals.files,
        bytes=view.manifest.totals.bytes,
        below=_below(environment, scope, view),
    )


def _below(environment: Environment, scope: Scope, view: SetView) -> str:
    """`<dataset>/<tenant or _>`, less what the scope says already."""
    dataset = environment.dataset(view.dataset)
    has_tenants = dataset is not None and dataset.tenants is not None
    parts = [view.dataset] if scope.kind is ScopeKind.ENVIRONMENT or scope.dataset is None else []
    if has_tenants and scope.tenant is None:
        parts.append(view.tenant or "_")
    return "/".join(parts)
