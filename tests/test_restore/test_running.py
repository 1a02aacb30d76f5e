"""Planned, approved by somebody else, run, verified, recorded: against S3, KMS, IAM and STS that enforce."""

from __future__ import annotations

import pytest
from restore_ground import tree

pytestmark = pytest.mark.sandbox


def test_what_was_backed_up_comes_back_and_is_recorded(ground):
    ground.applied.push()
    plan = ground.plan()
    state = ground.run(plan, ground.approve(plan))
    assert state.verdict == "PASSED", state.done
    assert tree(ground.folder / "restored") == tree(ground.applied.source)
