from __future__ import annotations

import sys
from pathlib import Path

import pytest

import holdfast.constructs  # noqa: F401  # decides which Node.js jsii runs on, before anything imports cdktn

sys.path.insert(0, str(Path(__file__).parent))

from stack_ground import ENVIRONMENTS, Synthesized, load


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory):
    """Synthesizes a shipped environment, each once."""
    made = {}

    def of(name):
        if name not in made:
            from holdfast.stacks.app import synthesize

            folder = tmp_path_factory.mktemp(name)
            made[name] = Synthesized(load(name), folder, tuple(synthesize(load(name), folder)))
        return made[name]

    return of


@pytest.fixture(params=ENVIRONMENTS)
def every(request, synthesized):
    """Every shipped environment, one after the other."""
    return synthesized(request.param)
