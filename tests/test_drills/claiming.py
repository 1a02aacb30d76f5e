"""Claim a target each time a line comes in, hold it until the next one, and say who won. Run by test_two_at_once.

Usage: claiming.py HOME DRILL_ID
"""

from __future__ import annotations

import sys
from pathlib import Path

from holdfast.clock import SystemClock
from holdfast.drills.errors import DrillRunning
from holdfast.drills.folders import Folders
from holdfast.drills.live import claimed


def main() -> None:
    folders = Folders(Path(sys.argv[1]), "sandbox", sys.argv[2])
    say("ready")
    for _ in sys.stdin:
        try:
            with claimed(folders, "project", SystemClock()):
                say("won")
                sys.stdin.readline()
        except DrillRunning as error:
            say(f"lost: {error.message}")
            sys.stdin.readline()
        say("free")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
