"""The end of the demo: its evidence verified as an auditor would, and a changed copy of it refused."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.demo.folder import from_here
from holdfast.demo.outcome import EvidenceRow, Outcome
from holdfast.demo.steps import Steps
from holdfast.evidence.keys import read_trusted_key
from holdfast.evidence.local_store import evidence_folder
from holdfast.evidence.of_environment import signer_of
from holdfast.evidence.verification import Verification, verify


def verify_evidence(sessions: Sessions, home: Path, outcome: Outcome, steps: Steps, clock: Clock) -> None:
    """Verify every record with the public key KMS hands out; then flip one bit of a copy and verify that.

    The key is not taken from beside the records: who can change those could change it too.
    """
    with steps.step("Verify the evidence") as step:
        folder, key = evidence_folder(home, sessions.environment.environment), home / "signing-key.pem"
        key.write_bytes(signer_of(sessions).public_key.pem)
        result = verify(folder, keys=[read_trusted_key(key)], clock=clock)
        damaged = _with_one_bit_flipped(folder, home / "data" / "flipped", clock)
        good = result.good and not damaged.good
        outcome.verification = "verified" if good else "not verified"
        outcome.verify_command = shlex.join(
            ["holdfast", "evidence", "verify", from_here(folder), "--key", from_here(key)]
        )
        outcome.evidence = [_row(folder, path, outcome) for path in sorted(folder.glob("*/*.json"))]
        step.done(f"{len(result.records)} records verify; a copy with one bit flipped is refused", good=good)
        if not good:
            problems = "; ".join(finding.message for finding in result.findings) or "a changed copy was accepted"
            step.done(problems, good=False)


def _with_one_bit_flipped(folder: Path, target: Path, clock: Clock) -> Verification:
    """Verify a copy in which one bit in the middle of the last record is flipped."""
    shutil.copytree(folder, target, dirs_exist_ok=True)
    victim = sorted(target.glob("*/*.json"))[-1]
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    result = verify(target, clock=clock)
    shutil.rmtree(target)
    return result


def _row(folder: Path, path: Path, outcome: Outcome) -> EvidenceRow:
    for drill in outcome.drills:
        written = drill["evidence"]
        if written and Path(written["path"]) == path:
            location = written["location"] or f"here only: {written['problem']}"
            return EvidenceRow(str(path.relative_to(folder.parent)), drill["verdict"], written["digest"], location)
    return EvidenceRow(str(path.relative_to(folder.parent)), "of another run", "", "")
