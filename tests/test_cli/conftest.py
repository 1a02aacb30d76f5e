from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_aws"))  # what their tests stand on
sys.path.insert(0, str(Path(__file__).parents[1] / "test_backupsets"))  # are modules of their own

from cli_ground import make_cli_ground
from local_aws import LocalAws


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory):
    """One emulator for each xdist worker."""
    running = LocalAws(tmp_path_factory.mktemp("ministack"))
    yield running
    running.stop()


@pytest.fixture
def ground(local_aws, tmp_path, monkeypatch):
    """A home that records the emulator, an environment with its buckets and roles, and files to push."""
    ground = make_cli_ground(local_aws, tmp_path)
    for name, value in ground.variables.items():
        monkeypatch.setenv(name, value)
    return ground


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """Write an environment's file, point Holdfast at it and at a home of its own, and tell the name."""

    def write(environment):
        declared = tmp_path / "environments"
        declared.mkdir()
        (declared / f"{environment.environment}.yaml").write_text(json.dumps(environment.document()))
        monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(declared))
        monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
        return environment.environment

    return write
