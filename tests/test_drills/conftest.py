from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(
    0, str(Path(__file__).parent)
)  # the drills of these tests are modules of their own: scripts run them too

from applied_ground import Applied, make_environment
from directory_drills import START
from directory_drills import Ground as FolderGround
from postgres_ground import Ground, postgres_environment, record

from holdfast.clock import ManualClock


@pytest.fixture
def ground(tmp_path, monkeypatch):
    """A home folder, a source of three files, and a clock that moves only when told to.

    Nothing here cuts the power, so nobody waits for the disk.
    """
    monkeypatch.setattr("os.fsync", lambda _: None)
    return FolderGround(tmp_path / "home", ManualClock(START))


@pytest.fixture
def applied(emulator, tmp_path):
    """An environment of its own with its buckets, keys, roles and policies, and three files to push."""
    return Applied(make_environment(), emulator, tmp_path).apply()


@pytest.fixture(scope="session")
def recorded(emulator, tmp_path_factory):
    """The archive of a real server, recorded once for each xdist worker."""
    return record(emulator, tmp_path_factory.mktemp("source"))


@pytest.fixture
def ground_for(emulator, tmp_path):
    """Makes an environment with a PostgreSQL dataset: `ground_for(rpo="1h", checks=[…])`."""

    def make(**settings):
        return Ground(postgres_environment(**settings), emulator, tmp_path).apply()

    return make
