from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_aws"))
sys.path.insert(0, str(Path(__file__).parent))  # subprocesses of these tests import the ground as well

from evidence_ground import Ground, MemoryKms, MemoryStore

from holdfast.evidence.kms_signer import KmsSigner


@pytest.fixture
def ground(tmp_path):
    """One machine with an Ed25519 key of its own."""
    return Ground(tmp_path / "home")


@pytest.fixture(params=["Ed25519", "ECDSA P-256"])
def either_ground(request, tmp_path):
    """One machine, once for each kind of key."""
    signer = None if request.param == "Ed25519" else KmsSigner(MemoryKms(), "alias/evidence")
    return Ground(tmp_path / "home", signer=signer)


@pytest.fixture
def bucket():
    """A locked bucket in memory."""
    return MemoryStore()


@pytest.fixture(scope="module")
def local_aws(tmp_path_factory):
    """A local AWS in a process of its own: S3 with Object Lock, and KMS that signs."""
    from local_aws import LocalAws

    emulator = LocalAws(tmp_path_factory.mktemp("ministack"))
    yield emulator
    emulator.stop()
