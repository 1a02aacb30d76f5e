"""Every damage to a copy, and every damage by a restore, fails the drill and is named: none is taken for right."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY
from ebs_damages import HOW, of_volumes
from ebs_ground import Volumes, ebs_environment
from kill_rows import published

from holdfast.drills.checks import Outcome
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox
WHERE = {"copy": "snapshot-as-its-original-was", "volume": "restored-as-the-snapshot-is"}


@pytest.fixture
def ground(emulator, tmp_path):
    """An environment of its own; all faults are off before and after."""
    made = Volumes(ebs_environment(), emulator, tmp_path).apply()
    made.fault()
    yield made
    made.fault()
    assert made.made_by_drills() == []


def failing(result):
    return {each.id for each in result.checks if each.outcome is Outcome.FAILED}


def test_every_damage_is_found_by_what_the_page_says(emulator, tmp_path):
    rows = list(of_volumes(emulator, tmp_path))

    assert [each.damage for each in rows if not each.killed] == []
    assert rows == published("ebs"), "write it again: tests/test_drills/ebs_damages.py --write"


@pytest.mark.parametrize(("job", "how"), [("copy", "swap"), ("volume", "bit-flip")])
def test_a_damage_fails_the_drill_and_the_record_says_where_it_came_in(ground, job, how):
    volume = ground.make_volume()
    snapshot = ground.snapshot(volume)
    ground.baseline()
    fault = {"effect": "damage", "job": job, "how": how}
    if job == "copy":
        ground.fault(fault)
    copy = ground.copy(snapshot)
    ground.fault(fault | {"resource": f"*{copy}"})

    result = ground.drill()

    assert result.verdict is Verdict.FAILED, result.reasons
    assert WHERE[job] in failing(result)
    assert WHERE["volume" if job == "copy" else "copy"] not in failing(result)


@pytest.mark.parametrize("how", HOW)
def test_a_damage_by_the_restore_shows_without_a_baseline_as_well(ground, how):
    copy = ground.copy(ground.snapshot(ground.make_volume()))
    ground.fault({"effect": "damage", "job": "volume", "how": how, "resource": f"*{copy}"})

    result = ground.drill()

    assert result.verdict is Verdict.FAILED, result.reasons
    assert "as-the-snapshot" in failing(result)


def test_a_copy_of_an_older_snapshot_fails(ground):
    ground.fault({"effect": "stale", "job": "copy"})
    ground.protect()

    result = ground.drill()

    assert result.verdict is Verdict.FAILED
    assert "snapshot-as-its-original-was" in failing(result)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"effect": "fail", "job": "volume"}, "EBS did not restore it"),
        ({"effect": "fail", "job": "snapshot", "message": "no room"}, "no room"),
        ({"effect": "missing"}, "holds no snapshot of disk"),
        ({"effect": "error", "operation": "CreateVolume", "code": "VolumeLimitExceeded"}, "VolumeLimitExceeded"),
        ({"effect": "error", "operation": "GetSnapshotBlock", "code": "ValidationException"}, "ValidationException"),
    ],
)
def test_what_ebs_does_not_do_is_told_in_its_words(ground, fault, said):
    ground.protect()
    ground.fault(fault)

    result = ground.drill()
    ground.fault()

    assert result.verdict is not Verdict.PASSED
    assert any(said in each for each in result.reasons), result.reasons


def test_a_copy_that_failed_is_named_though_an_older_one_is_whole(ground):
    volume, _, _ = ground.protect()
    ground.fault({"effect": "fail", "job": "copy", "message": "Given key ID is not accessible"})
    ground.copy(ground.snapshot(volume))
    ground.fault()

    result = ground.drill()

    assert result.verdict is Verdict.FAILED
    assert any("Given key ID is not accessible" in each for each in result.reasons)


def test_a_slow_restore_is_waited_for_in_the_services_states(ground):
    ground.protect()
    ground.fault(
        {"effect": "delay", "job": "volume", "seconds": 1.5}, {"effect": "delay", "job": "snapshot", "seconds": 1}
    )

    result = ground.drill()

    assert result.verdict is Verdict.PASSED, result.reasons
    assert result.rto.met


def test_a_sweep_takes_away_what_no_journal_tells_of(ground):
    ec2 = ground.client("ec2", PRIMARY)
    tags = [
        {"Key": "holdfast:drill", "Value": "drill-20261122T020000Z-0123abcd"},
        {"Key": "holdfast:environment", "Value": ground.environment.environment},
    ]
    volume = ec2.create_volume(
        Size=1, AvailabilityZone=f"{PRIMARY}a", TagSpecifications=[{"ResourceType": "volume", "Tags": tags}]
    )["VolumeId"]
    foreign = ground.make_volume()

    swept = sweep(ground.surroundings)

    assert any(volume in each for each in swept.cleaned.removed)
    assert foreign in [each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]]
