"""Write `golden/v1`: records of this version, for every later version to read. Run once for each version of the format.

    .venv/bin/python tests/test_evidence/make_golden.py tests/test_evidence/golden/v1

The private keys are made for this and kept nowhere.
"""

from __future__ import annotations

import shutil
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from evidence_ground import Ground, MemoryKms

from holdfast.evidence.kms_signer import KmsSigner
from holdfast.evidence.sections import (
    Check,
    Cleanup,
    CorrectiveAction,
    Erasure,
    Identity,
    Kind,
    LockSeen,
    NotExercised,
    Objective,
    Outcome,
    People,
    Phase,
    Probe,
    RecoverySource,
    RecoveryTarget,
    Result,
    Rpo,
    Rto,
    Sampling,
    Timeline,
    Trigger,
    Verdict,
)

MINUTE = timedelta(minutes=1)


def every_section(at) -> dict:
    """All that a record can hold."""
    declared = at - 3 * MINUTE
    return {
        "identity": Identity(
            record_id="drill-full",
            kind=Kind.DRILL,
            name="region-loss",
            environment="sandbox",
            sandbox=True,
            trigger=Trigger.SCHEDULED,
            tool_version="0.1.0",
            commit="da39a3ee5e6b4b0d3255bfef95601890afd80709",
            commit_changed=False,
            configuration="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        "people": People(
            operator="arn:aws:iam::111111111111:user/ops",
            responsible="Storage team – Zürich",
            approver="arn:aws:iam::111111111111:user/lead",
            reviewer="second pair of eyes",
            reviewed_at=at,
        ),
        "objective": Objective(
            dataset="orders",
            tenant="tenant-a",
            tier="critical",
            scenario="region_loss",
            rpo_target_seconds=900,
            rto_target_seconds=60,
            declared_in="environments/sandbox.yaml:12",
            depth="functional",
        ),
        "source": RecoverySource(
            resource="arn:aws:s3:::acme-orders",
            recovery_point="20261122T013000Z-0a1b2c3d4e5f",
            created_at=declared - 30 * MINUTE,
            type="set",
            size_bytes=2**40,
            vault="acme-sandbox-replica-222222222222-us-west-2",
            region="us-west-2",
            account="222222222222",
            kms_key="arn:aws:kms:us-west-2:222222222222:alias/holdfast-sandbox-backup",
            lock=LockSeen(mode="COMPLIANCE", retain_until=at + timedelta(days=30), read_at=declared),
        ),
        "target": RecoveryTarget(
            account="111111111111", region="us-west-2", isolation=("a folder of its own, empty before",)
        ),
        "timeline": Timeline(
            declared_at=declared,
            phases=(
                Phase(name="restore", started_at=declared, ended_at=declared + MINUTE, elapsed_seconds=60.123),
                Phase(name="verify", started_at=declared + MINUTE, ended_at=at, elapsed_seconds=119),
            ),
            ended_at=at,
            time_source="S3 in us-west-2",
        ),
        "rpo": Rpo(
            measured_seconds=1800,
            target_seconds=900,
            met=False,
            failure_at=declared,
            newest_committed_at=declared - 30 * MINUTE,
            recovery_point_age_seconds=1800.5,
        ),
        "rto": Rto(measured_seconds=180, target_seconds=60, met=False, phases={"restore": 60.123, "verify": 119}),
        "checks": (
            Check(id="digest", kind="sha256", outcome=Outcome.PASSED, expected="1 000 files", observed="1 000 files"),
            Check(id="boot", kind="application", outcome=Outcome.SKIPPED, reason="there is none here"),
        ),
        "probes": (
            Probe(
                id="delete-version",
                call="s3:DeleteObjectVersion",
                principal="arn:aws:iam::111111111111:role/holdfast-sandbox-drill-runner",
                outcome=Outcome.PASSED,
                expected="AccessDenied",
                observed="AccessDenied",
                refused_by="lock",
                event_id="6f7e7b0a-1c0c-4a4e-8c5f-0c4b8c1d2e3f",
            ),
        ),
        "sampling": Sampling(
            population=10_000, size=1000, method="random", seed="42", oldest_proof_days=89, detection_probability=0.651
        ),
        "erasure": Erasure(ledger_head="0" * 64, applied=3, unmatched=1, residual=0),
        "result": Result(
            verdict=Verdict.FAILED,
            reason="the newest set was older than allowed",
            issues=("hourly push was off",),
            corrective_actions=(CorrectiveAction(ticket="OPS-12", due=at + timedelta(days=14)),),
            fresh_until=at + timedelta(days=90),
            next_due=at + timedelta(days=91),
        ),
        "cleanup": Cleanup(created=("a", "b"), deleted=("a",), orphaned=("b",), cost_estimate_usd=0.25),
        "declared_not_exercised": (
            NotExercised(
                address="aws_dlm_lifecycle_policy.Ebs", type="aws_dlm_lifecycle_policy", reason="no emulator serves it"
            ),
        ),
    }


def make(folder: Path) -> None:
    """Two records of an Ed25519 key, then one of a P-256 key that has seen them."""
    with TemporaryDirectory() as home:
        ground = Ground(Path(home))
        ground.write("drill-1")
        sections = every_section(ground.clock.now())
        ground.write("drill-full", **sections)
        Ground(Path(home), ground.clock, signer=KmsSigner(MemoryKms(), "alias/evidence")).write("drill-3")
        shutil.copytree(ground.folder, folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
