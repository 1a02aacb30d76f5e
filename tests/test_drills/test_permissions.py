"""Least privilege both ways: a role with exactly the listed actions passes, and without any one of them it does not."""

from __future__ import annotations

import pytest
from applied_ground import PRIMARY, RECOVERY
from kinds_ground import push_tenant, ready, replicate

from holdfast.constructs.policies.document import allow
from holdfast.drills.engine import run
from holdfast.drills.kinds import KINDS
from holdfast.drills.permissions import CALLER, DRILL_RUNNER, EVIDENCE, PERMISSIONS
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.errors import HoldfastError, ServiceError

pytestmark = pytest.mark.sandbox
ASSUME = "sts:AssumeRole"

ASKED_BY_HEAD = ("s3:ListBucket", "s3:GetObject", "s3:GetObjectVersion")
"""The answer to a HEAD has no body, so it cannot say which action was missing: the call is named instead."""

NOT_ENFORCED = {
    "s3:PutObjectRetention": "the emulator takes lock headers with s3:PutObject alone",
    "kms:Decrypt": "the emulator's S3 decrypts without asking KMS",
    "kms:GenerateDataKey": "the emulator's S3 encrypts without asking KMS",
    "s3:GetObjectRetention": "the emulator shows the lock to whoever may read the object",
}


SCOPES = {
    "object-recovery": {"dataset": "project"},
    "region-loss": {"dataset": "project"},
    "key-loss": {"dataset": "project"},
    "tenant": {"dataset": "exports", "tenant": "acme"},
    "replication": {},
    "immutability": {},
}
"""What each kind is run on here. A role made for a test is drift for `configuration`, and may too much for
`access-control`; these and the kinds that are not here have tests of their own: test_caller_permissions,
test_aws_backup_permissions, test_postgres_permissions."""


@pytest.fixture(scope="module")
def exact(emulator, tmp_path_factory):
    """A pushed dataset, and the buckets' own grants gone: what the role may do is what its policy says."""
    applied = ready(emulator, tmp_path_factory.mktemp("exact"))
    applied.push()
    push_tenant(applied, "acme", {"a": b"acme"})
    replicate(applied)
    applied.revoke_bucket_grants()
    return applied


def drill(applied, kind, actions, tmp_path):
    vaults = [f"arn:aws:s3:::{applied.bucket(region)}" for region in (PRIMARY, RECOVERY)]
    evidence = f"arn:aws:s3:::{applied.names.evidence_bucket}"
    statements = [
        allow("Drill", actions, on=[*vaults, *(f"{arn}/*" for arn in vaults), "arn:aws:kms:*"]),
        allow("Evidence", EVIDENCE[DRILL_RUNNER], on=[evidence, f"{evidence}/*", "arn:aws:kms:*"]),
    ]
    applied.put_role_policy("drill-runner", [each for each in statements if each.actions])
    applied.home = tmp_path / "home"
    spec = DrillSpec(environment=applied.environment.environment, kind=kind, **SCOPES[kind])
    return run(spec, applied.surroundings)


@pytest.mark.parametrize("kind", SCOPES)
def test_with_exactly_the_listed_actions_it_passes(exact, kind, tmp_path):
    result = drill(exact, kind, PERMISSIONS[kind][DRILL_RUNNER], tmp_path)
    assert (result.verdict, result.issues) == (Verdict.PASSED, ())
    assert result.evidence.problem is None


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (kind, action)
        for kind, needed in PERMISSIONS.items()
        for action in needed[DRILL_RUNNER]
        if kind in SCOPES and action not in NOT_ENFORCED
    ],
)
def test_without_any_one_of_them_it_does_not_pass_and_says_which(exact, kind, action, tmp_path):
    rest = [each for each in PERMISSIONS[kind][DRILL_RUNNER] if each != action]
    try:
        result = drill(exact, kind, rest, tmp_path)
    except ServiceError as error:
        refused = error
    else:
        assert result.verdict is not Verdict.PASSED
        refused = " ".join(result.reasons)
    named = (action, *(call for call in ("HeadBucket", "HeadObject") if action in ASKED_BY_HEAD))
    assert any(each in str(refused) for each in named)


@pytest.mark.parametrize("kind", SCOPES)
def test_a_caller_who_may_not_take_on_the_role_is_told_so(exact, kind, tmp_path):
    others = [each for each in PERMISSIONS[kind][CALLER] if each != ASSUME]
    assert ASSUME in PERMISSIONS[kind][CALLER]
    caller = exact.by_user(tmp_path, *others)
    with pytest.raises(HoldfastError, match=ASSUME):
        run(DrillSpec(environment=exact.environment.environment, kind=kind, **SCOPES[kind]), caller.surroundings)


def test_every_kind_lists_what_it_needs():
    assert PERMISSIONS.keys() == KINDS.keys()


def test_what_the_drill_runner_declares_covers_what_drills_need(exact):
    vaults = [f"arn:aws:s3:::{exact.bucket(region)}" for region in (PRIMARY, RECOVERY)]
    declared = exact.drill_runner_statements(vaults, "arn:aws:s3:::evidence")
    allowed = {action for each in declared if each.effect == "Allow" for action in each.actions}
    denied = {action for each in declared if each.effect == "Deny" for action in each.actions}
    needed = {action for needed in PERMISSIONS.values() for action in needed[DRILL_RUNNER]} | set(
        EVIDENCE[DRILL_RUNNER]
    )
    assert needed <= allowed
    assert not needed & denied
