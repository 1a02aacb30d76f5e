from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from template_ground import ANSWERS, Repository


@pytest.fixture
def repository(tmp_path) -> Repository:
    root = tmp_path / "repository"
    (root / "environments").mkdir(parents=True)
    return Repository(root)


@pytest.fixture
def made(repository):
    """The repository with environment `acme` made from a template and one of its answer sets."""

    def make(template: str = "starter", case: str = "defaults", **answers: str) -> Repository:
        repository.make("acme", template, **{**ANSWERS[template][case], **answers})
        return repository

    return make
