from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_aws"))  # helpers are modules of their own: subprocesses
sys.path.insert(0, str(Path(__file__).parent))  # that crash on purpose use them too

from local_aws import LocalAws, make_buckets, make_environment
from vault_ground import Ground


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory):
    """One emulator for each xdist worker."""
    running = LocalAws(tmp_path_factory.mktemp("ministack"))
    yield running
    running.stop()


@pytest.fixture
def ground(local_aws, tmp_path):
    """An environment whose two buckets exist, a source with three files, and the calls to work on them."""
    return make_ground(local_aws, tmp_path)


@pytest.fixture
def weak_ground(local_aws, tmp_path):
    """The same under a GOVERNANCE lock, which the tests bypass where they need an object to be gone."""
    lock = {"mode": "GOVERNANCE", "minimum": "1d", "maximum": "30d"}
    return make_ground(local_aws, tmp_path, lock=lock)


def make_ground(local_aws, tmp_path, **changes):
    environment = make_environment(**changes)
    sessions = local_aws.sessions(environment)
    make_buckets(sessions)
    ground = Ground(environment, sessions, tmp_path)
    ground.write("notes.txt", b"three files")
    ground.write("data/a.bin", b"\x00\x01\x02")
    ground.write("data/b.bin", b"b" * 1000)
    return ground
