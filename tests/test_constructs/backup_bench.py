"""A backup vault, a plan and a role to declare with, each with defaults a test replaces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from construct_bench import ACCOUNT, Bench

from holdfast.constructs import (
    BackupPlan,
    BackupRule,
    BackupVault,
    Compliance,
    Purpose,
    ServiceRole,
    VaultKey,
)

SENTENCE = "nobody can delete before expiry"


def days(count: int) -> timedelta:
    return timedelta(days=count)


def compliance(minimum: int = 30, maximum: int = 365, **props: Any) -> Compliance:
    return Compliance(days(minimum), days(maximum), **{"acknowledge": SENTENCE, **props})


def vault_key(bench: Bench, **props: Any) -> VaultKey:
    defaults = {"alias": "alias/vault", "administrators": bench.deployer, "break_glass": bench.break_glass}
    return VaultKey(bench.stack, "VaultKey", **{**defaults, **props})


def vault(bench: Bench, **props: Any) -> BackupVault:
    defaults = {"vault_name": "acme-backups", "lock": compliance(), "break_glass": bench.break_glass}
    key = props.pop("key", None) or vault_key(bench)
    return BackupVault(bench.stack, "BackupVault", key=key, **{**defaults, **props})


def plan(bench: Bench, *rules: BackupRule, **props: Any) -> BackupPlan:
    defaults = {"plan_name": "databases", "rules": rules or [BackupRule.daily()]}
    return BackupPlan(bench.stack, "Plan", **{"vault": props.pop("vault", None) or vault(bench), **defaults, **props})


def backup_role(bench: Bench, purpose: Purpose = Purpose.BACKUP) -> ServiceRole:
    return ServiceRole(bench.stack, "BackupRole", role_name="aws-backup", account=ACCOUNT, purpose=purpose)
