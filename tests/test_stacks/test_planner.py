"""Whoever plans before anybody approved sees how keys are set up, in each account its own, and nothing more."""

from __future__ import annotations

import pytest

from holdfast.environments.names import Names

KEYS = [
    "recovery/Key/Resource",
    "recovery/CopyVaultKey/Resource",
    "primary/Key/Resource",
    "primary/BackupVaultKey/Resource",
    "primary/SigningKey/Resource",
    "primary/CopyKey/Resource",
    "watch/Key/Resource",
    "recovery-watch/Key/Resource",
]


@pytest.mark.parametrize("path", KEYS)
def test_the_planner_may_look_at_the_keys_of_its_own_account(synthesized, path):
    prod = synthesized("prod")
    accounts = prod.environment.accounts
    account = accounts.backup if path.startswith("recovery") else accounts.workload

    inspect = prod.policy(path)["Inspect"]

    assert inspect["Principal"] == {"AWS": [f"arn:aws:iam::{account}:root"]}
    names = Names(prod.environment)
    auditor = [] if path.startswith("recovery") else [names.role_arn("auditor")]
    assert inspect["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": [names.role_arn("planner", account=account), *auditor]}
    }


@pytest.mark.parametrize("path", KEYS)
def test_the_planner_may_neither_change_nor_use_a_key(synthesized, path):
    policy = synthesized("prod").policy(path)
    planner = f"role/{Names(synthesized('prod').environment).role('planner')}"

    named = [sid for sid, each in policy.items() if planner in str(each.get("Condition"))]

    assert named == ["Inspect"]
    assert all(action.startswith(("kms:Describe", "kms:Get", "kms:List")) for action in policy["Inspect"]["Action"])


def test_no_key_is_forgotten(synthesized):
    declared = {path.partition("-")[2] for kind, path, _ in synthesized("prod").resources() if kind == "aws_kms_key"}

    assert declared == set(KEYS)
