"""In every account drills restore in there is the role they pass on, and the keys of the vaults let it in."""

from __future__ import annotations

import pytest
from stack_ground import ENVIRONMENTS, Synthesized, load

from holdfast.environments.model import Drill, RestoreTests, Scenario
from holdfast.environments.names import DRILL_RESTORER, Names
from holdfast.stacks.app import synthesize


def roles_in(synthesized, account):
    """Names of the roles declared in an account."""
    stacks = {stack.name: stack for stack in synthesized.stacks}
    names = Names(synthesized.environment)
    return [
        role["name"]
        for part in synthesized.parts
        if stacks[names.stack(part)].account == account
        for role in synthesized.document(part)["resource"].get("aws_iam_role", {}).values()
    ]


def passed_on(synthesized, account):
    """What the drill restorer of an account may pass to AWS Backup."""
    names = Names(synthesized.environment)
    return [
        arn
        for part in ("access", "recovery-access")
        if part in synthesized.parts
        for at in [f"{part}/DrillRestorer/Policy"]
        for arn in synthesized.policy(at)["PassOn"]["Resource"]
        if arn == names.role_arn("restore-tests", account=account)
    ]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_role_a_drill_passes_on_is_there_once_in_each_account_it_restores_in(synthesized, name):
    made = synthesized(name)
    names, regions = Names(made.environment), made.environment.regions
    for account in {names.restorer_account(region) for region in (regions.primary, regions.recovery)}:
        roles = roles_in(made, account)
        assert roles.count(names.role(DRILL_RESTORER)) == 1
        assert roles.count(names.role("restore-tests")) == 1, account
        assert len(passed_on(made, account)) == 1


@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize(
    ("key", "scenario"),
    [
        ("primary/BackupVaultKey/Resource", Scenario.CORRUPTION),
        ("recovery/CopyVaultKey/Resource", Scenario.REGION_LOSS),
    ],
)
def test_the_key_of_the_vault_a_drill_restores_from_lets_that_role_in(synthesized, name, key, scenario):
    made = synthesized(name)
    names, regions = Names(made.environment), made.environment.regions
    region = regions.primary if scenario is Scenario.CORRUPTION else regions.recovery
    role = names.role_arn("restore-tests", account=names.restorer_account(region))

    for statement in ("BackUpAndRestore", "HandOnToServices"):
        assert role in made.policy(key)[statement]["Condition"]["ArnLike"]["aws:PrincipalArn"]


def test_without_restore_tests_drills_of_the_copies_have_the_role_all_the_same(tmp_path):
    environment = load("prod").model_copy(update={"drill": Drill(restore_tests=RestoreTests(enabled=False))})
    made = Synthesized(environment, tmp_path, tuple(synthesize(environment, tmp_path)))
    names, accounts = Names(made.environment), made.environment.accounts

    for account in (accounts.workload, accounts.backup):
        assert roles_in(made, account).count(names.role("restore-tests")) == 1
