"""Each operation a drill calls is refused for good: one attempt, no pass, no leaked error, and nothing left by a sweep.

A run tries some operations of each kind, the same every time: HOLDFAST_FAULT_SEED chooses others, HOLDFAST_FAULTS=every
takes all of them. Which operations a kind calls is what an undisturbed drill called, so a new one is among them.
"""

from __future__ import annotations

import os
import random

import pytest
from applied_ground import RECOVERY
from call_faults import meeting, refused
from kill_trials import TRIALS, keep_archive

from holdfast.drills.checks import Outcome
from holdfast.drills.copy_timing import CHECK
from holdfast.drills.engine import run
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
SEED = os.environ.get("HOLDFAST_FAULT_SEED", "1")
ALL = os.environ.get("HOLDFAST_FAULTS") == "every"
EACH = 2
"""Operations of each kind that are tried on a usual run."""
MARKS = {kind: [pytest.mark.postgres] for kind in ("postgres-pitr", "rds")}
EVERYWHERE = {"AccessDenied": 403, "ExpiredToken": 400}
OF_OBJECTS = {"NoSuchKey": 404, "KMS.DisabledException": 400, "KMS.KMSInvalidStateException": 400}
"""The last is what S3 says where the deletion of a key is pending."""
ATTACKING = ("access-control", "immutability")
"""What they try is to be refused: only a refusal nobody judged must not be taken for one."""
ATTACKS = (("tenant", "s3:DeleteObject"), ("replication", "s3:DeleteObject"))
"""The same of operations whose refusal is an answer: an attack, and a canary that stays and is named."""
DONE_WITHOUT = {
    ("key-loss", "kms:GenerateDataKey"): f"kms-{RECOVERY}",  # a key's policy may let nobody use it but through S3
    ("aws-backup", "backup:ListCopyJobs"): CHECK,
}
"""What a drill can pass without, when it says that this check was skipped."""


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=MARKS.get(kind, [])) for kind in TRIALS])
def test_a_refusal_of_any_operation_is_one_attempt_and_no_pass(emulator, kind, tmp_path, request):
    trial, rng = TRIALS[kind], random.Random(f"{SEED} {kind}")  # noqa: S311  repeatable on purpose
    if kind == "postgres-pitr":
        keep_archive(request.getfixturevalue("recorded").simple, tmp_path / "recorded")
    ground = trial.prepare(emulator, tmp_path / "ground")
    spec = trial.spec(ground.environment)
    with meeting(lambda *_: None) as called:
        fresh = trial.at(ground.environment, ground.endpoints, ground.folder)
        assert run(spec, fresh.surroundings).verdict is Verdict.PASSED
    before = trial.untouched(ground)
    operations = sorted(called.operations)
    wrong = []

    for operation in operations if ALL else rng.sample(operations, EACH):
        codes = EVERYWHERE | (OF_OBJECTS if operation.startswith("s3:") else {})
        if kind in ATTACKING or (kind, operation) in ATTACKS:
            codes = {"ExpiredToken": 400}
        code = rng.choice(sorted(codes))
        answer = refused(codes[code], code)
        with meeting(lambda name, _: answer if name == operation else None) as met:  # noqa: B023  # used before the next
            fresh = trial.at(ground.environment, ground.endpoints, ground.folder)
            passed = _passes(
                lambda: run(spec, fresh.surroundings),  # noqa: B023  # used before the next
                DONE_WITHOUT.get((kind, operation)),
            )
        sweep(ground.surroundings)
        where = f"{operation} refused with {code}"
        if not met.operations.get(operation):
            wrong.append(f"{where}: it was not called this time")
        most = 2 if operation.startswith("s3:Head") and codes[code] == 400 else 1  # botocore asks for the Region once
        if max(met.attempts.get(operation, [1])) > most:
            wrong.append(f"{where}: attempts {met.attempts[operation]}")
        if passed:
            wrong.append(f"{where}: it passed")
        if left := trial.left(ground):
            wrong.append(f"{where}: left {left}")
        if trial.untouched(ground) != before:
            wrong.append(f"{where}: changed what nobody may change")

    assert wrong == [], f"HOLDFAST_FAULT_SEED={SEED}"


def _passes(drill, skipped: str | None) -> bool:
    """Whether a drill passes, has a record of it and did not skip that check; an error it ends with is one of ours."""
    try:
        result = drill()
    except HoldfastError:
        return False
    if any(each.id == skipped and each.outcome is Outcome.SKIPPED and each.reason for each in result.checks):
        return False
    return result.verdict is Verdict.PASSED and result.evidence.problem is None and not result.cleaned.orphaned
