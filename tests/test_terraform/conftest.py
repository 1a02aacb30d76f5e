from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # terraform_ground is a program of its own too: tests send it signals

from terraform_ground import DEV, Stack

from holdfast.terraform import Deployment, Terraform


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def stack(tmp_path: Path):
    """Makes a stack: `stack("a", after=["dev-b"], one={"input": 1})`."""

    def make(part: str, *, after: tuple[str, ...] = (), **resources) -> Stack:
        return Stack(f"dev-{part}", tmp_path / "synthesized" / part, tuple(after)).write(**resources)

    return make


@pytest.fixture
def deploy(home: Path):
    """A deployment of stacks of the environment `dev`, whose state is a local file, with the real Terraform."""

    def make(*stacks: Stack, terraform: Terraform | None = None, **settings) -> Deployment:
        return Deployment(DEV, stacks, terraform or Terraform.find(home), **settings)

    return make
