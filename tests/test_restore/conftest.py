from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from restore_ground import RestoreGround

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

from applied_ground import Applied, make_environment


@pytest.fixture
def ground(emulator, tmp_path):
    """An environment of its own, applied, with three people and the restore role."""
    return RestoreGround(Applied(make_environment(), emulator, tmp_path).apply())
