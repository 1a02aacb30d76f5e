"""The AWS Backup plans of an environment: one a dataset, with the rules of its tier."""

from __future__ import annotations

from cdktn import Annotations

from holdfast.constructs.backup_plan import BackupPlan
from holdfast.constructs.backup_rule import NIGHTLY, BackupRule, CopyTo
from holdfast.constructs.backup_selection import BackupSelection, Conditions
from holdfast.constructs.backup_vault import BackupVault
from holdfast.constructs.service_role import Purpose, ServiceRole
from holdfast.environments.model import Dataset, Rule
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.served import SERVED, served_by_aws_backup
from holdfast.stacks.vaults import air_gapped_lock, vault_lock


def backup_plans(stack: EnvironmentStack, vault: BackupVault) -> None:
    """A plan and its selections for each dataset AWS Backup protects, as `Plan-<dataset>`, and the role for all.

    One plan a dataset, not a tier: AWS Backup takes ten selections a plan, and a rule of a tier is not for every kind.
    """
    role = ServiceRole(
        stack, "BackupRole", role_name=stack.names.role("aws-backup"), account=stack.account, purpose=Purpose.BACKUP
    )
    for dataset in served_by_aws_backup(stack.environment):
        rules = _rules(stack, dataset)
        if not rules:
            Annotations.of(stack).add_warning(
                f"AWS Backup makes nothing of {dataset.name}: its tier has continuous rules only, which it does not "
                f"offer for {dataset.kind.value}"
            )
            continue
        plan = BackupPlan(
            stack,
            f"Plan-{dataset.name}",
            plan_name=stack.names.backup_plan(dataset.name),
            vault=vault,
            rules=rules,
        )
        _select(stack, dataset, plan, role)


def _rules(stack: EnvironmentStack, dataset: Dataset) -> list[BackupRule]:
    """The rules of the dataset's tier that AWS Backup can follow for its kind."""
    tier = stack.environment.tier_of(dataset)
    service = SERVED[dataset.kind]
    return [_rule(stack, dataset, rule) for rule in tier.rules if service.continuous or not rule.continuous]


def _rule(stack: EnvironmentStack, dataset: Dataset, rule: Rule) -> BackupRule:
    tags = {
        "holdfast:environment": stack.environment.environment,
        "holdfast:dataset": dataset.name,
        "holdfast:tier": dataset.tier,
        "holdfast:rule": rule.name,
    }
    return BackupRule(
        rule.name,
        rule.delete_after,
        schedule=rule.schedule or NIGHTLY,  # a continuous rule has none, and AWS Backup wants one
        timezone="Etc/UTC" if rule.timezone == "UTC" else rule.timezone,
        start_window=rule.start_window,
        completion_window=rule.completion_window,
        continuous=rule.continuous,
        cold_storage_after=rule.cold_storage_after,
        copies=_copies(stack, rule),
        tags=tags,
    )


def _copies(stack: EnvironmentStack, rule: Rule) -> tuple[CopyTo, ...]:
    """To the vault of the recovery Region, and to the logically air-gapped one beside it."""
    found = []
    if copy := rule.copy_to_recovery:
        lock = vault_lock(stack.environment)
        found.append(CopyTo(stack.names.copy_vault_arn, copy.delete_after, copy.cold_storage_after, lock))
    if gapped := rule.air_gapped:
        lock = air_gapped_lock(stack.environment)
        found.append(CopyTo(stack.names.air_gapped_vault_arn, gapped.delete_after, None, lock))
    return tuple(found)


def _select(stack: EnvironmentStack, dataset: Dataset, plan: BackupPlan, role: ServiceRole) -> None:
    """Resources of the kind that carry *all* tags, and the ARNs, each as a selection of its own."""
    select = dataset.select
    if select.tags:
        BackupSelection(
            plan,
            "Tagged",
            plan=plan,
            selection_name=f"{dataset.name}-tags",
            role=role,
            resources=[SERVED[dataset.kind].resources(region=stack.region, account=stack.account)],
            conditions=Conditions(equals=select.tags),
        )
    if select.arns:
        BackupSelection(
            plan, "Named", plan=plan, selection_name=f"{dataset.name}-arns", role=role, resources=select.arns
        )
