"""The snapshot a drill restores, and the blocks of it that are compared."""

from __future__ import annotations

import hashlib
import json
import random

from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.aws_backup.baseline import Baseline
from holdfast.drills.context import Drill
from holdfast.drills.ebs.baselines import baseline_of
from holdfast.drills.ebs.blocks import BLOCK, list_blocks
from holdfast.drills.ebs.errors import NotASnapshot
from holdfast.drills.ebs.snapshots import Snapshot, before, client_of, region_of, snapshots_of
from holdfast.drills.interface import Nothing, RecoveryPoint, Selection
from holdfast.drills.sampling import Sampling, draw
from holdfast.environments.model import Dataset


def choose(drill: Drill) -> Selection | Nothing:
    """The newest complete snapshot of one of the dataset's volumes, or the one that was named.

    Where several volumes hold the dataset, one is drawn with the drill's seed. Of a copy the volume is known by the
    baseline of its original; copies without one are taken for copies of one volume.

    Raises:
        NotASnapshot: what was named is none of the dataset's.
        ServiceError: EC2, EBS or S3 refuse or do not answer.
    """
    environment = drill.environment
    dataset, region = (
        declared_dataset(environment, str(drill.spec.dataset)),
        region_of(environment, drill.spec.scenario),
    )
    every = snapshots_of(environment, drill.sessions, dataset, region)
    if drill.spec.set_id:
        snapshot = next((each for each in every if each.id == drill.spec.set_id), None)
        if snapshot is None:
            raise NotASnapshot(snapshot=drill.spec.set_id, dataset=dataset.name, region=region)
        return _selection(drill, snapshot, baseline_of(drill, snapshot))
    usable = [each for each in before(every, drill.failed_at) if each.usable]
    if not usable:
        return Nothing(reason=_why_none(every, dataset, region))
    newest: dict[str, tuple[Snapshot, tuple[str, Baseline] | None]] = {}
    for snapshot in usable:
        if snapshot.volume in newest:
            continue
        found = baseline_of(drill, snapshot)
        newest.setdefault(snapshot.volume or (found[1].resource if found else ""), (snapshot, found))
    chosen = random.Random(drill.spec.seed).choice(sorted(newest))  # noqa: S311  repeatable on purpose, not secret
    return _selection(drill, *newest[chosen])


def _selection(drill: Drill, snapshot: Snapshot, found: tuple[str, Baseline] | None) -> Selection:
    with translated(f"list the blocks of {snapshot.id}"):
        listed = (
            list_blocks(client_of(drill.sessions, "ebs", snapshot.region), snapshot.id) if snapshot.usable else None
        )
    blocks = len(found[1].members) if found else len(listed.tokens) if listed else 0
    description = json.dumps({"snapshot": snapshot.id, "started": snapshot.started.isoformat()})
    point = RecoveryPoint(
        id=snapshot.id,
        resource=found[1].resource if found else snapshot.volume or snapshot.arn,
        region=snapshot.region,
        account=snapshot.account,
        captured_at=found[1].as_of if found else snapshot.started,
        committed_at=snapshot.started,
        files=blocks,
        bytes=blocks * BLOCK,
        digest=found[1].digest if found else hashlib.sha256(description.encode()).hexdigest(),
        subject=found[0] if found else f"snapshots/{snapshot.id}",
        type="EBS snapshot",
        kms_key=snapshot.key or None,
    )
    return Selection(point=point, sampling=_drawn(drill, snapshot, blocks, found[1] if found else None))


def _drawn(drill: Drill, snapshot: Snapshot, blocks: int, baseline: Baseline | None) -> Sampling:
    """The sample of blocks; of those that were proved longest ago where that is asked for."""
    sampling = draw(blocks, drill.spec.sample, drill.spec.seed)
    if not drill.spec.rotate or baseline is None:
        return sampling
    names = (remembered(member.name, member.states[0].sha256) for member in baseline.members)
    drawn = drill.memory.draw(snapshot.region, names, sampling.size, drill.rng)
    return sampling.model_copy(
        update={"chosen": drawn.positions, "never_proved": drawn.never, "oldest_proof": drawn.oldest}
    )


def remembered(index: str, digest: str) -> str:
    """What a block that was proved is remembered by."""
    return f"{index}:{digest}"


def _why_none(every: list[Snapshot], dataset: Dataset, region: str) -> str:
    if not every:
        return f"{region} holds no snapshot of {dataset.name}"
    if any(each.usable for each in every):
        return f"every usable snapshot of {dataset.name} in {region} is younger than the failure"
    newest = every[0]
    if newest.tier != "standard":
        return f"the newest snapshot of {dataset.name} in {region} is in the archive: bring it back first, hours ahead"
    told = f": {newest.message}" if newest.message else ""
    return f"no snapshot of {dataset.name} in {region} is complete; the newest is {newest.state}{told}"
