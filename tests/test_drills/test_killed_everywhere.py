"""Every kind of drill, killed or interrupted at points all over it: resumed it ends the same, swept nothing is left.

A run tries some points of each kind, spread evenly, the same every time: HOLDFAST_KILL_SEED chooses others. With
HOLDFAST_KILL_POINTS=every each way is tried at every point, which takes hours for all kinds together; a number tries so
many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kill_trials import TRIALS, keep_archive

from holdfast.aws.endpoints import write_endpoints
from holdfast.drills.kinds import KINDS

SCRIPT = Path(__file__).with_name("killed_everywhere.py")
SEED = os.environ.get("HOLDFAST_KILL_SEED", "1")
WANTED = os.environ.get("HOLDFAST_KILL_POINTS", "3")
WAYS = "resume,sweep,interrupt,terminate"
MARKS = {kind: [pytest.mark.postgres] for kind in ("postgres-pitr", "rds")}
TRIED = [pytest.param(kind, marks=MARKS.get(kind, [])) for kind in TRIALS]


def points_of(kind, ways, folder):
    """What was tried, and the summary; points are counted by the drill that was not disturbed."""
    command = [sys.executable, str(SCRIPT), str(folder), kind, ways, WANTED, SEED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=None if WANTED == "every" else 1200)
    assert done.returncode == 0, done.stderr[-3000:]
    *tried, summary = [json.loads(line) for line in done.stdout.splitlines()]
    return tried, summary


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", TRIED)
def test_killed_or_interrupted_anywhere_nothing_is_claimed_lost_left_or_done_twice(emulator, kind, tmp_path, request):
    write_endpoints(tmp_path, emulator)
    if kind == "postgres-pitr":
        keep_archive(request.getfixturevalue("recorded").simple, tmp_path / "recorded")

    tried, summary = points_of(kind, WAYS, tmp_path)

    assert [each for each in tried if each["wrong"]] == [], f"HOLDFAST_KILL_SEED={SEED}"
    assert summary["good"] == summary["tried"] == len(tried) >= 3
    assert summary["points"] > 100
    assert any(each["exit"] in (-9, 130, 143) for each in tried)


def test_every_kind_is_killed():
    assert TRIALS.keys() == KINDS.keys(), "a new kind needs an entry in kill_trials.py"
