"""Run one drill and be killed at one point of it: at a journal entry, or right after an answer of AWS.

Usage: killed_against_aws.py FOLDER POINT, with environment.json, spec.json and the sandbox's endpoints in FOLDER.
POINT is `journal:<event>:<phase or step>:<n>` or `call:<operation>:<n>`; the process kills itself at the n-th.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from applied_ground import Applied
from botocore.client import BaseClient

from holdfast.aws.endpoints import read_endpoints
from holdfast.drills.engine import run
from holdfast.drills.journal import Journal
from holdfast.drills.spec import DrillSpec
from holdfast.environments.model import Environment


class Point:
    def __init__(self, text: str) -> None:
        self.where, *self.what, count = text.split(":")
        self.left = int(count)

    def reached(self, *what: str) -> None:
        if list(what) == self.what:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def watch(point: Point) -> None:
    append, call = Journal.append, BaseClient._make_api_call

    def watched_append(self, event, phase=None, /, **data):
        entry = append(self, event, phase, **data)
        if point.where == "journal":
            point.reached(event, str(phase or data.get("step", "")))
        return entry

    def watched_call(self, operation, arguments):
        try:
            return call(self, operation, arguments)
        finally:
            if point.where == "call":
                point.reached(operation)

    Journal.append, BaseClient._make_api_call = watched_append, watched_call


def main() -> None:
    folder, point = Path(sys.argv[1]), sys.argv[2]
    environment = Environment.model_validate_json((folder / "environment.json").read_text())
    spec = DrillSpec.model_validate_json((folder / "spec.json").read_text())
    endpoints = read_endpoints(folder)
    assert endpoints is not None
    applied = Applied(environment, endpoints, folder)
    watch(Point(point))
    run(spec, applied.surroundings)


if __name__ == "__main__":
    main()
