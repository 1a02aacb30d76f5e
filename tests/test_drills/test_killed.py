"""A drill struck by a signal at every point where it touches a file.

The points are counted in a run that is not disturbed, so none can be forgotten.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_drills.py")
ALL_BUT_RECORD = {"declare", "preflight", "select", "restore", "verify", "probe", "measure", "clean_up"}


@pytest.fixture
def struck(tmp_path):
    """What happened, point by point, for one way of striking and going on."""

    def points(how):
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(tmp_path), how], capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert found[-1]["struck"] == {"exit": 0, "answer": "PASSED"}
        assert len(found) > 80  # points; the last run was not struck
        return found[:-1]

    return points


def check_claims(points):
    """Nothing is recorded that did not happen: a record is there only when every phase before it was done."""
    for point in points:
        assert point["struck"]["exit"] == -9, point
        if point["after"]["recorded"]:
            (drill,) = point["after"]["drills"]
            assert set(drill["done"]) >= ALL_BUT_RECORD, point


def test_killed_anywhere_it_can_be_resumed_to_one_record_and_nothing_left(struck):
    points = struck("resume")
    check_claims(points)
    resumed = 0
    for point in points:
        for step in point["steps"]:
            assert step == {"exit": 0, "answer": "PASSED"}, point
            resumed += 1
        assert point["settled"]["leftovers"] == [], point
        assert not any(drill["resumable"] for drill in point["settled"]["drills"]), point
        ended = [drill["ended"] for drill in point["settled"]["drills"] if drill["ended"]]
        assert point["settled"]["recorded"] == ended, point
        assert point["again"] == {"exit": 0, "answer": "PASSED"}, point
    assert resumed > 60


def test_killed_anywhere_a_sweep_finds_everything_and_a_second_one_nothing(struck):
    points = struck("sweep")
    check_claims(points)
    for point in points:
        first, second = point["steps"]
        assert (first["exit"], second["exit"]) == (0, 0), point
        assert first["answer"]["orphaned"] == []
        assert (second["answer"]["ended"], second["answer"]["removed"]) == ([], []), point
        assert point["settled"]["leftovers"] == [], point
        assert not any(drill["unfinished"] for drill in point["settled"]["drills"]), point
        assert point["settled"]["recorded"] == point["after"]["recorded"], "sweeping records nothing"
        assert point["again"] == {"exit": 0, "answer": "PASSED"}, point


@pytest.mark.parametrize(("how", "code"), [("interrupt", 130), ("terminate", 143)])
def test_interrupted_anywhere_it_is_one_error_cleaned_up_and_never_a_pass_of_what_was_not_finished(struck, how, code):
    restoring = 0
    for point in struck(how):
        assert point["struck"]["exit"] == code, point
        for verdict in point["after"]["recorded"]:
            (drill,) = point["after"]["drills"]
            assert verdict == "INCONCLUSIVE" or set(drill["done"]) >= ALL_BUT_RECORD, point
        if "during restore" in point["struck"]["answer"]:
            restoring += 1
            assert point["after"]["recorded"] == ["INCONCLUSIVE"], point
        assert point["after"]["leftovers"] == [], point
        assert point["again"] == {"exit": 0, "answer": "PASSED"}, point
    assert restoring > 10
