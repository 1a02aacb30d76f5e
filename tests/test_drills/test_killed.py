"""A drill struck by a signal at every point where it touches a file.

The points are counted in a run that is not disturbed, so none can be forgotten.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_drills.py")
ALL_BUT_RECORD = {"declare", "preflight", "select", "restore", "verify", "probe", "measure", "clean_up"}


@pytest.fixture(scope="module")
def struck(tmp_path_factory):
    """What happened, point by point, for one way of striking and going on."""

    @cache
    def points(how):
        folder = tmp_path_factory.mktemp("struck")
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(folder), how], capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert found[-1]["struck"] == {"exit": 0, "answer": "PASSED"}
        assert len(found) > 80  # points; the last run was not struck
        return found[:-1]

    return points


@pytest.mark.parametrize("how", ["resume", "sweep"])
def test_killed_anywhere_nothing_is_claimed_that_did_not_happen(struck, how):
    for point in struck(how):
        assert point["struck"]["exit"] == -9, point
        if point["after"]["recorded"]:
            (drill,) = point["after"]["drills"]
            assert set(drill["done"]) >= ALL_BUT_RECORD, point


def test_killed_anywhere_it_can_be_resumed_to_one_record_and_nothing_left(struck):
    resumed = 0
    for point in struck("resume"):
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
    for point in struck("sweep"):
        first, second = point["steps"]
        assert (first["exit"], second["exit"]) == (0, 0), point
        assert first["answer"]["orphaned"] == []
        assert (second["answer"]["ended"], second["answer"]["removed"]) == ([], []), point
        assert point["settled"]["leftovers"] == [], point
        assert not any(drill["unfinished"] for drill in point["settled"]["drills"]), point
        assert point["settled"]["recorded"] == point["after"]["recorded"], "sweeping records nothing"
        assert point["again"] == {"exit": 0, "answer": "PASSED"}, point


@pytest.mark.parametrize(("how", "code"), [("interrupt", 130), ("terminate", 143)])
def test_interrupted_anywhere_it_is_one_error_and_never_a_pass_of_what_was_not_finished(struck, how, code):
    for point in struck(how):
        assert point["struck"]["exit"] == code, point
        for verdict in point["after"]["recorded"]:
            (drill,) = point["after"]["drills"]
            assert verdict == "INCONCLUSIVE" or set(drill["done"]) >= ALL_BUT_RECORD, point
        assert point["settled"]["leftovers"] == [], point
        assert point["again"] == {"exit": 0, "answer": "PASSED"}, point


@pytest.mark.parametrize("how", ["interrupt", "terminate"])
def test_interrupted_while_it_restores_it_cleans_up_and_says_so_in_its_record(struck, how):
    during = [point for point in struck(how) if "during restore" in point["struck"]["answer"]]
    assert len(during) > 10
    for point in during:
        assert point["after"]["recorded"] == ["INCONCLUSIVE"], point
        assert point["after"]["leftovers"] == [], point
