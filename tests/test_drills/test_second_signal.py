"""A second signal while a drill is cleaned up: it ends at once, and a sweep finds what is left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from directory_drills import Ground

from holdfast.drills.register import registered
from holdfast.drills.sweep import sweep

CODE = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from directory_drills import Ground
from killed_drills import SPEC, _terminate
import signal
signal.signal(signal.SIGTERM, _terminate)
signal.signal(signal.SIGINT, signal.default_int_handler)
ground = Ground(Path(sys.argv[2]))
def at(name):
    if name in ("verify", "clean_up"):
        print(name, flush=True)
        time.sleep(600)
ground.kind.at = at
from holdfast.drills.engine import run
run(SPEC, ground.surroundings)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_cleans_up_the_second_ends_it_at_once(tmp_path, number):
    command = [sys.executable, "-c", CODE, str(Path(__file__).parent), str(tmp_path / "home")]
    drill = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert drill.stdout.readline() == "verify\n"
    drill.send_signal(number)
    assert drill.stdout.readline() == "clean_up\n"
    drill.send_signal(number)
    _, told = drill.communicate(timeout=120)

    assert drill.returncode != 0, told
    ground = Ground(tmp_path / "home")
    (dead,) = registered(ground.home, "sandbox", ground.clock)
    assert dead.resumable
    for line in dead.folders.journal.read_text().splitlines():
        json.loads(line)
    assert ground.recorder.verdicts() == []
    assert sweep(ground.surroundings).ended == (dead.drill_id,)
    assert ground.leftovers() == []
