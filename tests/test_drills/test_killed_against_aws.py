"""Killed between AWS and the journal: what was done there and not yet written down is found again."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY, RECOVERY
from killing import killed
from kinds_ground import spec_for

from holdfast.clock import SystemClock
from holdfast.drills.engine import resume, run
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.evidence.verification import verify

pytestmark = pytest.mark.sandbox


def begun_and_killed(applied, point, kind, **scope):
    """The only drill, which can be resumed."""
    (dead,) = killed(applied, spec_for(applied, kind, **scope), point)
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
    dead = begun_and_killed(applied, point, "object-recovery", dataset="project")
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
    dead = begun_and_killed(applied, point, "immutability")
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
    dead = begun_and_killed(applied, point, "immutability")
    swept = sweep(applied.surroundings)
    assert swept.ended == (dead.drill_id,)
    assert swept.cleaned.orphaned == ()
    assert versioning(applied, PRIMARY) == "Enabled"
    assert any(dead.drill_id in left.resource and left.until for left in swept.cleaned.left)
    page = applied.s3().list_object_versions(Bucket=applied.bucket(), Prefix="canaries/")
    assert "DeleteMarkers" not in page
    assert records(applied) == []
    assert sweep(applied.surroundings).ended == ()
    assert run(spec_for(applied, "immutability"), applied.surroundings).verdict is Verdict.PASSED
