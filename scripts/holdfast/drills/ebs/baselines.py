"""Baselines of volumes: the digest of every block of an original snapshot, kept apart from it and its copies.

A copy in another Region says nothing of what the original held. A baseline is read from the original while it is there
and kept as a backup set: locked, in both Regions, under keys of its own. What is wrong in the copy itself shows by it.
"""

from __future__ import annotations

from collections.abc import Callable

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.clock import Clock
from holdfast.drills.aws_backup.baseline import FILE, Baseline, Member, State
from holdfast.drills.aws_backup.baselines import Taken, keep, kept_in
from holdfast.drills.context import Drill
from holdfast.drills.ebs.blocks import BLOCK, ZEROS, digests, list_blocks
from holdfast.drills.ebs.errors import NoSnapshotToRead
from holdfast.drills.ebs.snapshots import Snapshot, require_volumes, snapshots_of
from holdfast.environments.model import Environment

TYPE = "EBS"


def take(
    environment: Environment,
    sessions: Sessions,
    name: str,
    *,
    clock: Clock,
    say: Callable[[str], None] = lambda _: None,
) -> list[Taken]:
    """Read the newest complete snapshot of each of a dataset's volumes in the primary Region, and keep the digests.

    Args:
        environment: what is declared.
        sessions: clients; the caller reads the snapshots, the backup writer keeps the baselines.
        name: the dataset.
        clock: time.
        say: told of each snapshot.

    Raises:
        NotVolumes, NoSnapshotToRead: there is nothing to read.
        ServiceError: a service refuses or does not answer.
    """
    dataset = declared_dataset(environment, name)
    require_volumes(dataset)
    region = environment.regions.primary
    newest: dict[str | None, Snapshot] = {}
    for each in snapshots_of(environment, sessions, dataset, region, role=None):
        if each.usable:
            newest.setdefault(each.volume, each)
    if not newest:
        raise NoSnapshotToRead(dataset=name, region=region)
    taken = []
    for snapshot in newest.values():
        say(f"read {snapshot.id} of {snapshot.volume}, begun {snapshot.started:%Y-%m-%dT%H:%M:%SZ}")
        with translated(f"read the blocks of {snapshot.id}"):
            ebs = sessions.client("ebs", region)
            listed = list_blocks(ebs, snapshot.id)
            found = digests(ebs, listed, listed.tokens)
        baseline = Baseline(
            dataset=name,
            resource=f"arn:aws:ec2:{region}:{snapshot.account}:volume/{snapshot.volume}",
            snapshot=snapshot.id,
            type=TYPE,
            as_of=snapshot.started,
            until=snapshot.started,
            members=members_of(found),
        )
        taken.append(Taken(baseline, keep(environment, sessions, baseline, clock)))
    return taken


def members_of(found: dict[int, str]) -> tuple[Member, ...]:
    """Blocks as members, in the order of their indexes; one that holds zeros is like one that was never written."""
    return tuple(
        Member(name=f"{index:09}", states=(State(sha256=digest, size=BLOCK),))
        for index, digest in sorted(found.items())
        if digest != ZEROS
    )


def baseline_of(drill: Drill, snapshot: Snapshot) -> tuple[str, Baseline] | None:
    """The baseline of a snapshot and the key of the set it is kept in, read in the snapshot's Region.

    That of the original it is a copy of; of a copy that does not say what it is one of, the newest baseline from
    before it was begun.

    Raises:
        BaselineNotUsable: one is damaged.
        ServiceError: the Region refuses or does not answer.
    """
    dataset = declared_dataset(drill.environment, str(drill.spec.dataset))
    original = snapshot.source or (snapshot.id if snapshot.volume else None)
    best: tuple[str, Baseline] | None = None
    for view, baseline in kept_in(drill.environment, drill.sessions, dataset, snapshot.region, drill.clock):
        if baseline.type != TYPE:
            continue
        key = f"{view.folder.sets}{view.set_id}/{FILE}"
        if original is not None and baseline.snapshot == original:
            return key, baseline
        newer = best is None or baseline.as_of > best[1].as_of
        if original is None and newer and baseline.as_of <= snapshot.started:
            best = key, baseline
    return best
