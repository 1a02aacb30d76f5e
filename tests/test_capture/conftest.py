from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

from kinds_ground import ready

from holdfast.sandbox import lifecycle


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    """A sandbox that enforces IAM, one for each xdist worker."""
    home = tmp_path_factory.mktemp("sandbox")
    yield lifecycle.start(home)
    lifecycle.stop(home)


@pytest.fixture
def applied(emulator, tmp_path):
    return ready(emulator, tmp_path)
