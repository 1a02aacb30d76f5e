"""Have a drill killed with `kill -9` at a point of it, and tell what it left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from applied_ground import Applied

from holdfast.aws.endpoints import write_endpoints
from holdfast.clock import SystemClock
from holdfast.drills.register import Registered, registered
from holdfast.drills.spec import DrillSpec

SCRIPT = Path(__file__).with_name("killed_against_aws.py")


def killed(applied: Applied, spec: DrillSpec, point: str) -> list[Registered]:
    """Run a drill in a process of its own until it kills itself; returns the drills that are registered then.

    Args:
        applied: what it is run on. Its folder and its home become those of the process.
        spec: the drill.
        point: where it is killed, as `killed_against_aws.py` names points.
    """
    (applied.folder / "environment.json").write_text(json.dumps(applied.environment.document()))
    (applied.folder / "spec.json").write_text(spec.model_dump_json())
    write_endpoints(applied.folder, applied.endpoints)
    command = [sys.executable, str(SCRIPT), str(applied.folder), point]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    return list(registered(applied.home, applied.environment.environment, SystemClock()))


def killed_elsewhere(applied: Applied, spec: DrillSpec, point: str, folder: Path) -> Registered:
    """The same of one drill, with a folder and a home of its own on something that many drills are run on."""
    applied.folder, applied.home = folder, folder / "home"
    (dead,) = killed(applied, spec, point)
    return dead
