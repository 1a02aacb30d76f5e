"""An AWS Backup plan: rules that make recovery points in one vault."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn import Annotations, TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.backup_rule import BackupRule
from holdfast.constructs.backup_vault import BackupVault
from holdfast.constructs.limits import matches, require

_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlan.html"
_QUOTAS = "https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html"
_SELECTIONS = 10
_RULES = 10


class BackupPlan(Construct):
    """Rules and the vault they fill. It protects nothing until a `BackupSelection` says what.

    Args:
        plan_name: name of the plan, 1 to 50 letters, digits, - _ and .
        vault: where recovery points go; every rule is checked against its lock.
        rules: one or more, each name once.
        windows_vss: whether EC2 backups of Windows are made consistent by VSS. By default they are not.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        deployer = Principals.of("arn:aws:iam::111122223333:role/deployer")
        break_glass = Principals.of("arn:aws:iam::111122223333:role/break-glass")
        key = VaultKey(stack, "Key", alias="alias/vault", administrators=deployer, break_glass=break_glass)
        lock = Governance(minimum=timedelta(days=7))
        vault = BackupVault(stack, "Vault", vault_name="acme", key=key, lock=lock, break_glass=break_glass)
        copy = CopyTo("arn:aws:backup:us-west-2:444455556666:backup-vault:acme-copies", timedelta(days=365))
        BackupPlan(
            stack,
            "Plan",
            plan_name="databases",
            vault=vault,
            rules=[BackupRule.point_in_time(), BackupRule.daily(), BackupRule.monthly(years=1, copies=[copy])],
        )

    Raises:
        OutsideLimit: a name is none, a name is there twice, or the vault's lock would refuse a rule.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plan_name: str,
        vault: BackupVault,
        rules: Sequence[BackupRule],
        windows_vss: bool = False,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        matches(
            plan_name,
            r"[a-zA-Z0-9_.-]{1,50}",
            construct="BackupPlan",
            field="plan_name",
            allowed="1 to 50 letters, digits, - _ and .",
            reference=_API,
        )
        _check_rules(rules)
        for rule in rules:
            rule.check_lock(vault.lock)
        self._selections = 0
        self.resource = aws.BackupPlan(
            self,
            "Resource",
            name=plan_name,
            rule=[_rule(rule, vault) for rule in rules],
            advanced_backup_setting=[_vss()] if windows_vss else None,
            provider=provider,
        )
        for rule in rules:
            if rule.continuous and rule.copies:
                Annotations.of(self).add_warning(f"a copy of {rule.name} has no point-in-time recovery")

    @property
    def plan_id(self) -> str:
        """The id of the plan (known after apply)."""
        return str(self.resource.id)

    def add_selection(self) -> None:
        """Count one more selection; called by `BackupSelection`.

        Raises:
            OutsideLimit: there would be more than 10.
        """
        self._selections += 1
        require(
            self._selections <= _SELECTIONS,
            construct="BackupPlan",
            field="selections",
            value=self._selections,
            allowed=f"at most {_SELECTIONS} resource assignments",
            reference=_QUOTAS,
        )


def _check_rules(rules: Sequence[BackupRule]) -> None:
    names = [rule.name for rule in rules]
    require(
        len(names) <= _RULES,
        construct="BackupPlan",
        field="rules",
        value=f"{len(names)} rules",
        allowed=f"at most {_RULES}",
        reference=_QUOTAS,
    )
    require(
        bool(names) and len(names) == len(set(names)),
        construct="BackupPlan",
        field="rules",
        value=", ".join(names) or "none",
        allowed="one or more rules, each name once",
        reference=_API,
    )


def _rule(rule: BackupRule, vault: BackupVault) -> aws.BackupPlanRule:
    return aws.BackupPlanRule(
        rule_name=rule.name,
        target_vault_name=vault.resource.name,
        schedule=rule.schedule,
        schedule_expression_timezone=rule.timezone,
        start_window=int(rule.start_window.total_seconds()) // 60,
        completion_window=int(rule.completion_window.total_seconds()) // 60,
        enable_continuous_backup=rule.continuous or None,
        recovery_point_tags=dict(rule.tags) or None,
        lifecycle=_lifecycle(rule),
        copy_action=[
            aws.BackupPlanRuleCopyAction(
                destination_vault_arn=copy.vault_arn,
                lifecycle=aws.BackupPlanRuleCopyActionLifecycle(
                    delete_after=copy.delete_after.days,
                    cold_storage_after=copy.cold_storage_after.days if copy.cold_storage_after else None,
                ),
            )
            for copy in rule.copies
        ]
        or None,
    )


def _lifecycle(rule: BackupRule) -> aws.BackupPlanRuleLifecycle:
    return aws.BackupPlanRuleLifecycle(
        delete_after=rule.delete_after.days,
        cold_storage_after=rule.cold_storage_after.days if rule.cold_storage_after else None,
        opt_in_to_archive_for_supported_resources=rule.archive_snapshots or None,
    )


def _vss() -> aws.BackupPlanAdvancedBackupSetting:
    return aws.BackupPlanAdvancedBackupSetting(resource_type="EC2", backup_options={"WindowsVSS": "enabled"})
