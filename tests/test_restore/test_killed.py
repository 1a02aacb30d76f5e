"""A restore killed at every point where it touches a file: the same command again ends the same, once.

The points are counted in a run that is not disturbed, so none can be forgotten.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_restores.py")
RESTORED = {
    "notes.txt": b"three files".hex(),
    "data/a.bin": (b"\x00\x01" * 50).hex(),
    "people.jsonl": b'{"who":"bob"}\n'.hex(),
}
BEFORE = {
    "create": {},
    "overwrite": {"notes.txt": b"older".hex(), "mine.txt": b"not in the set".hex()},
}


@pytest.mark.parametrize("how", BEFORE)
def test_killed_anywhere_the_same_command_ends_with_the_same_target_and_one_record(tmp_path, how):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), how], capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *points, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert (last["struck"]["exit"], last["struck"]["answer"]["verdict"]) == (0, "PASSED")
    assert len(points) > 80
    whole = BEFORE[how] | RESTORED
    for point in points:
        assert point["struck"] == {"exit": -9, "answer": None}, point
        after = point["after"]
        for name, content in after["target"].items():
            assert content in (BEFORE[how].get(name), RESTORED.get(name)), "a file is as it was, or as it will be"
        assert not after["records"] or after["target"] == whole, "nothing is recorded that did not happen"
        assert (point["again"]["exit"], point["again"]["answer"]["verdict"]) == (0, "PASSED"), point
        assert point["once_more"] == point["again"], "a repeated command is harmless"
        settled = point["settled"]
        assert (settled["target"], settled["records"], settled["findings"]) == (whole, ["PASSED"], 0), point
        assert settled["staging"] == [], point
        assert point["again"]["answer"]["erasure"]["residual"] == 0
