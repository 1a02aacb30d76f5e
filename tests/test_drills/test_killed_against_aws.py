"""Killed between AWS and the journal: what was done there and not yet written down is found again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from applied_ground import PRIMARY, RECOVERY

from holdfast.aws.endpoints import write_endpoints
from holdfast.clock import SystemClock
from holdfast.drills.engine import resume, run
from holdfast.drills.register import registered
from holdfast.drills.spec import DrillSpec
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox
SCRIPT = Path(__file__).with_name("killed_against_aws.py")


def killed(applied, kind, point):
    """Run a drill in a process of its own until it kills itself; returns what is registered of it."""
    (applied.folder / "environment.json").write_text(json.dumps(applied.environment.document()))
    write_endpoints(applied.folder, applied.endpoints)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(applied.folder), kind, point], capture_output=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    (dead,) = registered(applied.home, applied.environment.environment, SystemClock())
    assert dead.resumable
    return dead


def records(applied):
    """The records on this machine, all of which must verify."""
    folder = applied.home / "evidence" / applied.environment.environment
    if not list(folder.glob("*/0*.json")):
        return []
    verification = verify(folder, clock=SystemClock())
    assert verification.findings == ()
    return [record.entry for _, record in verification.records]


def versioning(applied, region):
    return applied.s3(region).get_bucket_versioning(Bucket=applied.bucket(region))["Status"]


@pytest.mark.parametrize(
    "point",
    [
        "call:HeadBucket:1",
        "call:GetObject:6",
        "journal:phase-end:restore:1",
        "journal:phase-begin:record:1",
        "call:PutObject:2",
    ],
)
def test_object_recovery_killed_anywhere_resumes_to_one_record(applied, point):
    applied.push()
    dead = killed(applied, "object-recovery", point)
    before = [entry.result.verdict for entry in records(applied)]
    assert before in ([], ["PASSED"])
    assert not before or "clean_up" in dead.state.outcomes
    result = resume(dead.drill_id, applied.surroundings)
    assert (result.verdict, result.resumed) == (Verdict.PASSED, "record" not in point and "PutObject" not in point)
    assert [entry.identity.record_id for entry in records(applied)] == [dead.drill_id]
    assert list((applied.home / "scratch").iterdir()) == []


POINTS = [
    "call:PutObject:1",
    "call:DeleteObjects:2",
    "call:PutBucketVersioning:2",
    "journal:phase-end:probe:1",
]


@pytest.mark.parametrize("point", POINTS)
def test_immutability_killed_anywhere_resumes_with_one_canary_a_region_and_puts_settings_back(applied, point):
    dead = killed(applied, "immutability", point)
    assert records(applied) == []
    if "PutBucketVersioning" in point:
        assert versioning(applied, PRIMARY) == "Suspended"  # it died between the accepted attempt and putting it back
    result = resume(dead.drill_id, applied.surroundings)
    assert result.verdict is Verdict.PASSED
    for region in (PRIMARY, RECOVERY):
        assert len(applied.versions("canaries/", region)) == 1
        assert versioning(applied, region) == "Enabled"
    assert [entry.result.verdict for entry in records(applied)] == ["PASSED"]


@pytest.mark.parametrize("point", ["call:PutBucketVersioning:2", "call:DeleteObject:9"])
def test_immutability_killed_is_swept_settings_put_back_and_canaries_listed(applied, point):
    dead = killed(applied, "immutability", point)
    swept = sweep(applied.surroundings)
    assert swept.ended == (dead.drill_id,)
    assert swept.cleaned.orphaned == ()
    assert versioning(applied, PRIMARY) == "Enabled"
    assert any(dead.drill_id in left.resource and left.until for left in swept.cleaned.left)
    page = applied.s3().list_object_versions(Bucket=applied.bucket(), Prefix="canaries/")
    assert "DeleteMarkers" not in page
    assert records(applied) == []
    assert sweep(applied.surroundings).ended == ()
    spec = DrillSpec(environment=applied.environment.environment, kind="immutability")
    assert run(spec, applied.surroundings).verdict is Verdict.PASSED
