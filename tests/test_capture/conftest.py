from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

from kinds_ground import ready


@pytest.fixture
def applied(emulator, tmp_path):
    return ready(emulator, tmp_path)
