"""What is asked of a restored volume: every block, the file system on it, and whether the copy is as it should be."""

from __future__ import annotations

from datetime import datetime

from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.aws_backup.baseline import Baseline
from holdfast.drills.aws_backup.comparing import Comparison, compare_members
from holdfast.drills.checks import Check, CheckKind, compare, failed, passed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.ebs.baselines import baseline_of, members_of
from holdfast.drills.ebs.blocks import Listed, digests, list_blocks, read_block
from holdfast.drills.ebs.choosing import remembered
from holdfast.drills.ebs.copies import of_copy
from holdfast.drills.ebs.file_systems import recognize
from holdfast.drills.ebs.restoring import SNAPSHOT, VOLUME, made_by
from holdfast.drills.ebs.snapshots import Snapshot, client_of, snapshot_again
from holdfast.drills.interface import RecoveryPoint, Selection, Verified
from holdfast.drills.memory import forget_nothing

_GIB = 1024**3
_NAMED = 5


def verify(drill: Drill, selection: Selection) -> Verified:
    """Read the restored volume block by block, and look at snapshot and volume again.

    Raises:
        BlockNotAsSent: a block was damaged on its way.
        ServiceError: a service refuses or does not answer.
    """
    point = selection.point
    if point is None:
        return Verified(checks=())
    ec2, ebs = (client_of(drill.sessions, each, point.region) for each in ("ec2", "ebs"))
    with translated("look at what was restored"):
        source = snapshot_again(ec2, point.region, point.id)
        volume = ec2.describe_volumes(VolumeIds=[made_by(drill, VOLUME)])["Volumes"][0]
        restored = list_blocks(ebs, made_by(drill, SNAPSHOT))
        original = list_blocks(ebs, source.id)
        first = read_block(ebs, restored, 0) if 0 in restored.tokens else b""
    content, newest = _content(drill, selection, point, source, restored, original)
    checks = (
        *content,
        compare("volume-size", CheckKind.SIZE, expected=source.gib, observed=volume["Size"]),
        compare("volume-encrypted", CheckKind.KEY, expected=True, observed=bool(volume.get("Encrypted"))),
        compare("attached-to-nothing", CheckKind.SCOPE, expected=0, observed=len(volume.get("Attachments", []))),
        file_system(first, volume["Size"]),
        *of_copy(drill, source, declared_dataset(drill.environment, str(drill.spec.dataset))),
    )
    return Verified(checks=checks, newest_committed=newest)


def _content(
    drill: Drill, selection: Selection, point: RecoveryPoint, source: Snapshot, restored: Listed, original: Listed
) -> tuple[tuple[Check, ...], datetime | None]:
    """The checks of the content, and up to when everything that was committed is in it."""
    ebs = client_of(drill.sessions, "ebs", point.region)
    found = baseline_of(drill, source)
    chosen = selection.sampling.members() if selection.sampling else None
    if found is None:
        reason = (
            "no baseline of the original is kept, so damage in the copy itself would not show; take one with: "
            f"holdfast drill baseline {drill.environment.environment} --dataset {drill.spec.dataset}"
        )
        names = sorted(original.tokens)
        sample = {index for position, index in enumerate(names) if chosen is None or position in chosen}
        wanted = sorted(sample | (set(restored.tokens) ^ set(original.tokens)))
        with translated("read what was restored and what it was restored from"):
            differing = _differing(digests(ebs, original, wanted), digests(ebs, restored, wanted))
        same = compare("as-the-snapshot", CheckKind.CHECKSUM, expected="", observed=_named(differing))
        return (same, skipped("content", CheckKind.CHECKSUM, reason, essential=True)), None
    baseline = found[1]
    sampled = baseline if chosen is None else _part(baseline, chosen)
    known = {int(member.name) for member in baseline.members}
    wanted = sorted({int(member.name) for member in sampled.members} | (set(restored.tokens) - known))
    with translated("read what was restored"):
        read = digests(ebs, restored, wanted)
    comparison = compare_members(sampled, members_of(read))
    listed = known - set(restored.tokens)
    kept = compare("baseline", CheckKind.CHECKSUM, expected=point.digest, observed=baseline.digest)
    whole = compare("block-list", CheckKind.COUNT, expected="", observed=_named(sorted(listed)), because=_lost(listed))
    checks = (kept, whole, *comparison.checks(), *_where(drill, point.region, original, comparison, read))
    if comparison.is_right and not listed:
        proved = (remembered(each.name, each.states[0].sha256) for each in sampled.members)
        forget_nothing(drill.memory, point.region, point.id, proved, drill.clock.now())
        return checks, baseline.as_of
    return checks, None


def _where(
    drill: Drill, region: str, original: Listed, comparison: Comparison, read: dict[int, str]
) -> tuple[Check, ...]:
    """Whether what is wrong is wrong in the snapshot already, or came with the restore."""
    wrong = [int(name) for name in (*comparison.wrong, *comparison.missing, *comparison.extra)]
    with translated("read what it was restored from"):
        there = digests(client_of(drill.sessions, "ebs", region), original, wrong)
    by_restore = [index for index in wrong if there[index] != read.get(index)]
    by_copy = [index for index in wrong if there[index] == read.get(index)]
    return (
        compare(
            "restored-as-the-snapshot-is",
            CheckKind.INTEGRITY,
            expected="",
            observed=_named(by_restore),
            because=f"the restore brought back other blocks than the snapshot holds: {_named(by_restore)}",
        ),
        compare(
            "snapshot-as-its-original-was",
            CheckKind.INTEGRITY,
            expected="",
            observed=_named(by_copy),
            because=f"the snapshot itself holds other blocks than its original did: {_named(by_copy)}",
        ),
    )


def file_system(first: bytes, gib: int) -> Check:
    """Whether the disk begins with something known that fits on it."""
    signature = recognize(first) if len(first) >= 4096 else None
    if signature is None:
        reason = "the volume begins with no file system or partition table that is known here"
        return skipped("file-system", CheckKind.APPLICATION, reason, essential=False)
    told = signature.name + (f" {signature.label!r}" if signature.label else "")
    if signature.bytes is not None and not 0 < signature.bytes <= gib * _GIB:
        return failed("file-system", CheckKind.APPLICATION, f"{told} says it has {signature.bytes} bytes, on {gib} GiB")
    return passed("file-system", CheckKind.APPLICATION, expected="known, and fits", observed=told)


def _part(baseline: Baseline, chosen: frozenset[int]) -> Baseline:
    members = tuple(member for position, member in enumerate(baseline.members) if position in chosen)
    return baseline.model_copy(update={"members": members})


def _differing(one: dict[int, str], other: dict[int, str]) -> list[int]:
    return [index for index in sorted(one) if one[index] != other.get(index)]


def _named(indexes: list[int]) -> str:
    shown = ", ".join(str(each) for each in indexes[:_NAMED])
    return shown + (f" and {len(indexes) - _NAMED} more" if len(indexes) > _NAMED else "")


def _lost(indexes: set[int]) -> str:
    return f"blocks of the baseline that the restored volume does not have: {_named(sorted(indexes))}"
