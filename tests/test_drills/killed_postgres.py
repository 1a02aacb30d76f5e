"""Run a PostgreSQL drill and be killed at one entry of its journal.

Usage: killed_postgres.py FOLDER POINT, with environment.json and the sandbox's endpoints in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

from killed_against_aws import Point, watch
from postgres_ground import Ground

from holdfast.aws.endpoints import read_endpoints
from holdfast.environments.model import Environment


def main() -> None:
    folder = Path(sys.argv[1])
    environment = Environment.model_validate_json((folder / "environment.json").read_text())
    endpoints = read_endpoints(folder)
    assert endpoints is not None
    watch(Point(sys.argv[2]))
    Ground(environment, endpoints, folder).drill()


if __name__ == "__main__":
    main()
