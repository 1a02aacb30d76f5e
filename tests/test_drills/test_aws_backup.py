"""Recovery points of AWS Backup, restored in a sandbox: what comes back is read and compared, and every fault is named."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY, RECOVERY
from backup_ground import Protected, backup_environment

from holdfast.drills.checks import Outcome
from holdfast.drills.engine import run
from holdfast.drills.verdict import Verdict

pytestmark = pytest.mark.sandbox

OBJECTS = {"a/one.txt": b"one", "a/two.bin": b"\x00\x02" * 5000, "b/empty": b"", "ü ber.txt": b"three"}
ITEMS = [
    {"id": {"S": "1"}, "total": {"N": "10"}, "tags": {"SS": ["x", "y"]}},
    {"id": {"S": "2"}, "raw": {"B": b"\x00\xff"}, "deep": {"M": {"l": {"L": [{"BOOL": True}, {"NULL": True}]}}}},
    {"id": {"S": "3"}, "total": {"N": "30"}},
]


@pytest.fixture
def protected(emulator, tmp_path):
    """An environment of its own that AWS Backup protects; all faults are off before and after."""
    ground = Protected(backup_environment(), emulator, tmp_path).apply().protect()
    yield ground
    ground.fault()


def by_id(result):
    return {check.id: check for check in result.checks}


def test_a_bucket_comes_back_from_the_copy_in_the_recovery_region(protected):
    protected.make_bucket(OBJECTS)
    jobs = protected.back_up()
    protected.take_baseline()

    result = run(protected.spec(), protected.surroundings)

    assert [(each.what, each.state) for each in jobs] == [("backup", "COMPLETED"), ("copy", "COMPLETED")]
    assert result.verdict is Verdict.PASSED, result.reasons
    assert by_id(result)["members"].observed == str(len(OBJECTS))
    assert result.selection.point.region == RECOVERY
    assert result.rpo.met
    assert result.rto.met
    assert protected.made_by_drills() == []
    (job,) = protected.restore_jobs()
    assert (job["Status"], job["ValidationStatus"]) == ("COMPLETED", "SUCCESSFUL")
    assert result.drill_id in job["ValidationStatusMessage"]
