from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # local_aws is a module of its own: crashing subprocesses use it too

from local_aws import LocalAws, make_buckets, make_environment


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory):
    """One emulator for each xdist worker."""
    running = LocalAws(tmp_path_factory.mktemp("ministack"))
    yield running
    running.stop()


@pytest.fixture
def environment():
    return make_environment()


@pytest.fixture
def sessions(local_aws, environment):
    """Clients of an environment whose two buckets exist."""
    sessions = local_aws.sessions(environment)
    make_buckets(sessions)
    return sessions
