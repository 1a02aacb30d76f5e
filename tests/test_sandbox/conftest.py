from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the bench of these tests is a module of its own

from holdfast import sandbox

ACCOUNT = "000000000000"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory):
    """One running sandbox for each xdist worker, for tests that only use it: its home and its endpoints."""
    home = tmp_path_factory.mktemp("sandbox")
    endpoints = sandbox.start(home, account=ACCOUNT)
    yield home, endpoints
    sandbox.stop(home)


@pytest.fixture
def home(tmp_path: Path):
    """A home whose sandbox, if the test starts one, is stopped afterwards."""
    yield tmp_path
    sandbox.stop(tmp_path)


@pytest.fixture
def holdfast(home: Path):
    """The command line of the `holdfast` program with this home, for subprocesses that are sent signals."""
    environment = {
        **os.environ,
        "HOLDFAST_HOME": str(home),
        "HOLDFAST_ENVIRONMENTS": str(Path("environments").absolute()),
    }
    return [sys.executable, "-c", "from holdfast.cli.start import main; main()"], environment
