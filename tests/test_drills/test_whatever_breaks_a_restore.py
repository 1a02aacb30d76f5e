"""A drill reads what a restore reads: damage to any object of a set that breaks a restore never passes a drill."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from applied_ground import RECOVERY
from kinds_ground import WEAK, ready, spec_for

from holdfast.backupsets.catalog import catalog
from holdfast.backupsets.fetch import fetch_many, open_set
from holdfast.drills.engine import run
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
ROUNDS = 12
SEED = os.environ.get("HOLDFAST_DAMAGE_SEED", datetime.now(UTC).date().isoformat())


@pytest.fixture(scope="module")
def applied(emulator, tmp_path_factory):
    """Under a GOVERNANCE lock, so that objects can be exchanged."""
    applied = ready(emulator, tmp_path_factory.mktemp("weak"), lock=WEAK)
    applied.push()
    return applied


def bodies(applied):
    """Every object of the set in the recovery Region, by key."""
    s3, bucket = applied.s3(RECOVERY), applied.bucket(RECOVERY)
    keys = {each["Key"] for prefix in ("objects/", "sets/") for each in applied.versions(prefix, RECOVERY)}
    return {key: s3.get_object(Bucket=bucket, Key=key) for key in sorted(keys)}


def exchange(applied, key, content, metadata):
    """Have a key hold these bytes and no version hold others; nothing at all when there are none."""
    s3, bucket = applied.s3(RECOVERY), applied.bucket(RECOVERY)
    for version in applied.versions(key, RECOVERY):
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"], BypassGovernanceRetention=True)
    if content is not None:
        s3.put_object(Bucket=bucket, Key=key, Body=content, **metadata)


def damaged(rng, content, others):
    how = rng.choice(["flip", "cut", "lengthen", "delete", "exchange"])
    if how == "flip" and content:
        position = rng.randrange(len(content))
        return how, content[:position] + bytes([content[position] ^ 1 << rng.randrange(8)]) + content[position + 1 :]
    if how == "cut":
        return how, content[: rng.randrange(len(content))]
    if how == "exchange":
        return how, rng.choice(others)
    return how, None if how == "delete" else content + b"\0"


def restores(applied, folder):
    """Whether a restore from the recovery Region alone gives what was pushed."""
    try:
        views = catalog(applied.environment, applied.sessions, dataset="project", regions=[RECOVERY])
        view = next(each for each in views if each.committed)
        fetched = fetch_many(open_set(applied.sessions, RECOVERY, view), folder)
    except (HoldfastError, StopIteration):
        return False
    return fetched.is_complete and tree(folder) == tree(applied.source)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_whatever_breaks_a_restore_does_not_pass_a_drill(applied, tmp_path):
    rng = random.Random(SEED)  # noqa: S311  # repeatable on purpose
    kept = {}
    for key, reply in bodies(applied).items():
        named = ("Metadata", "ContentType", "ServerSideEncryption", "SSEKMSKeyId")
        named += ("ObjectLockMode", "ObjectLockRetainUntilDate")
        kept[key] = reply["Body"].read(), {name: reply[name] for name in named if name in reply}
    assert restores(applied, tmp_path / "before")
    broken = 0
    for number in range(ROUNDS):
        key = rng.choice(sorted(kept))
        content, metadata = kept[key]
        how, bad = damaged(rng, content, [each for each, _ in kept.values()])
        exchange(applied, key, bad, metadata)
        whole = restores(applied, tmp_path / f"restored-{number}")
        there = replace(applied, folder=tmp_path / f"drill-{number}")
        try:
            spec = spec_for(there, "object-recovery", dataset="project", scenario=Scenario.REGION_LOSS)
            passed = run(spec, there.surroundings).verdict is Verdict.PASSED
        except HoldfastError:
            passed = False
        exchange(applied, key, content, metadata)
        broken += not whole
        assert whole or not passed, f"{how} of {key}, HOLDFAST_DAMAGE_SEED={SEED}"
    assert broken >= ROUNDS // 4, "most damage breaks a restore"
    assert restores(applied, tmp_path / "after")
