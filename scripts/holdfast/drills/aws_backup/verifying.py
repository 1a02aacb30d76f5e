"""What is asked of a restored recovery point: content, completeness, lock, and a key that is not lost with the rest."""

from __future__ import annotations

from datetime import datetime

from holdfast.aws.translate import translated
from holdfast.drills.aws_backup.baseline import Baseline
from holdfast.drills.aws_backup.choosing import baseline_of, dataset_of, point_again
from holdfast.drills.aws_backup.comparing import compare_members
from holdfast.drills.aws_backup.points import Place, Point, before, place_of, points_of, type_of
from holdfast.drills.aws_backup.reading import READABLE, reader_of, service_of
from holdfast.drills.aws_backup.restoring import JOB, wait
from holdfast.drills.checks import Check, CheckKind, compare, failed, passed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.interface import RecoveryPoint, Selection, Verified
from holdfast.environments.model import Scenario
from holdfast.environments.names import DRILL_RESTORER


def verify(drill: Drill, selection: Selection) -> Verified:
    """Read what was restored, and look at point and vault again.

    Raises:
        ServiceError: a service refuses or does not answer.
    """
    chosen = selection.point
    if chosen is None:
        return Verified(checks=())
    place, kind = place_of(drill.environment, drill.spec.scenario), type_of(dataset_of(drill))
    point, vault = point_again(drill, place, chosen.id)
    job = wait(drill, drill.sessions.client("backup", place.region, role=DRILL_RESTORER), _job(drill))
    content, newest = _content(drill, place, kind, point, chosen, job.created)
    checks = (
        passed("restore-job", CheckKind.INTEGRITY, expected="COMPLETED", observed="COMPLETED"),
        compare("restored-elsewhere", CheckKind.SCOPE, expected=True, observed=job.created != point.resource),
        *content,
        *_of_point(drill, place, point, locked=bool(vault.get("Locked"))),
    )
    return Verified(checks=checks, newest_committed=newest)


def _content(
    drill: Drill, place: Place, kind: str, point: Point, chosen: RecoveryPoint, created: str
) -> tuple[tuple[Check, ...], datetime | None]:
    """The checks of the content, and up to when everything that was committed is in it."""
    if kind not in READABLE:
        reason = (
            f"nobody here reads the content of {kind}: that the job completed and made {created} is all that was seen"
        )
        return (skipped("content", CheckKind.CHECKSUM, reason, essential=True),), None
    found = baseline_of(drill, place, point)
    if found is None:
        reason = (
            "no baseline of this resource is from before the recovery point; take one after a backup with: "
            f"holdfast drill baseline {drill.environment.environment} --dataset {drill.spec.dataset}"
        )
        return (skipped("content", CheckKind.CHECKSUM, reason, essential=True),), None
    baseline: Baseline = found[1]
    name = created.replace("/", ":").rsplit(":", 1)[-1]
    with translated("read what was restored"):
        members = reader_of(kind)(drill.sessions.client(service_of(kind), place.region, role=DRILL_RESTORER), name)
    comparison = compare_members(baseline, members)
    gap = (point.created - baseline.as_of).total_seconds()
    exact = skipped(
        "baseline-is-of-this-point",
        CheckKind.CHECKSUM,
        f"the baseline is {gap:.0f} s older than the recovery point: what was written in between differs as well",
        essential=False,
    )
    same = compare("baseline", CheckKind.CHECKSUM, expected=chosen.digest, observed=baseline.digest)
    checks = (same, *comparison.checks(), *(() if gap <= 0 else (exact,)))
    if comparison.is_right:
        return checks, baseline.as_of
    return checks, comparison.newest


def _of_point(drill: Drill, place: Place, point: Point, *, locked: bool) -> tuple[Check, ...]:
    minimum = drill.environment.lock.minimum
    held = point.delete_at is None or point.delete_at - point.created >= minimum
    return (
        compare(
            "point-complete", CheckKind.INTEGRITY, expected="COMPLETED", observed=point.status, because=point.message
        ),
        _newest_is_complete(drill, place),
        compare("vault-locked", CheckKind.LOCK, expected=True, observed=locked, because="the vault has no lock"),
        compare(
            "kept-as-long-as-declared",
            CheckKind.LOCK,
            expected=True,
            observed=held,
            because=f"it expires {point.delete_at}, less than {minimum} after it was made",
        ),
        key_check(drill, place, point),
    )


def _newest_is_complete(drill: Drill, place: Place) -> Check:
    """A newer point that is not complete means that the last backup did not work, however good the one before is."""
    every = points_of(drill.environment, drill.sessions, dataset_of(drill), place)
    newest = next(iter(before(every, drill.failed_at)), None)
    status = newest.status if newest else "missing"
    because = f"the newest recovery point is {status}" + (f": {newest.message}" if newest and newest.message else "")
    return compare("newest-point-complete", CheckKind.INTEGRITY, expected="COMPLETED", observed=status, because=because)


def key_check(drill: Drill, place: Place, point: Point) -> Check:
    """In the loss of a Region, a point under a key of that Region could not be read."""
    lost = drill.environment.regions.primary
    if drill.spec.scenario is Scenario.REGION_LOSS and f":kms:{lost}:" in point.key:
        return failed("key-out-of-reach-of-the-loss", CheckKind.KEY, f"the point is encrypted under {point.key}")
    region = point.key.split(":")[3] if point.key.count(":") >= 3 else "unknown"
    return passed("key-out-of-reach-of-the-loss", CheckKind.KEY, expected=place.region, observed=region)


def _job(drill: Drill) -> str:
    """The restore job this drill began last."""
    return next(str(each.outcome["job"]) for each in reversed(drill.steps(JOB)) if each.outcome)
