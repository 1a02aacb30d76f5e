from __future__ import annotations

import sys
from pathlib import Path

import pytest

import holdfast.constructs  # noqa: F401  # decides which Node.js jsii runs on, before anything imports cdktn

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def bench():
    from construct_bench import Bench

    return Bench()


@pytest.fixture
def token(bench):
    """Makes strings that are known only after apply."""
    from holdfast.constructs.aws import S3Bucket

    numbers = iter(range(1000))
    return lambda: str(S3Bucket(bench.stack, f"Token{next(numbers)}").id)
