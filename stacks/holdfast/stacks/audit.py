"""AWS Backup Audit Manager: a second opinion, by AWS itself, and its nightly reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from holdfast.constructs.audit_framework import BackupFramework, Control
from holdfast.constructs.log_bucket import REPORTS, LogBucket
from holdfast.constructs.report_plan import BackupReportPlan, ReportTemplate
from holdfast.environments.account_checks import TYPES
from holdfast.environments.model import Environment
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.served import copied_by_aws_backup, served_by_aws_backup

_HOUR, _LONGEST_AGE = timedelta(hours=1), timedelta(hours=744)
_REPORTS: Mapping[str, ReportTemplate] = {
    "backups": ReportTemplate.BACKUP_JOBS,
    "copies": ReportTemplate.COPY_JOBS,
    "restores": ReportTemplate.RESTORE_JOBS,
    "controls": ReportTemplate.CONTROL_COMPLIANCE,
    "resources": ReportTemplate.RESOURCE_COMPLIANCE,
}


def audit_manager(stack: EnvironmentStack, logs: LogBucket) -> None:
    """The framework as the stack's child `Audit`, a report plan for each kind as `Report-<about>`, into `logs`."""
    if not stack.environment.aws_backup.audit_manager:
        return
    logs.receive_backup_reports()
    framework = BackupFramework(
        stack,
        "Audit",
        framework_name=stack.names.framework,
        controls=controls(stack.environment, break_glass=stack.people.break_glass(stack.account).arns),
        description=f"Backups of {stack.environment.environment} are as they should be",
    )
    for about, template in _REPORTS.items():
        of_controls = template in (ReportTemplate.CONTROL_COMPLIANCE, ReportTemplate.RESOURCE_COMPLIANCE)
        BackupReportPlan(
            stack,
            f"Report-{about}",
            report_plan_name=stack.names.report_plan(about),
            template=template,
            bucket_name=logs.bucket_name,
            prefix=f"{REPORTS}{about}",
            framework_arns=[framework.framework_arn] if of_controls else [],
        )


def controls(environment: Environment, *, break_glass: tuple[str, ...]) -> list[Control]:
    """What holds for every resource AWS Backup protects: the loosest of the objectives, the shortest retention.

    A framework cannot ask more of one tier than of another; the proofs do.
    """
    served = served_by_aws_backup(environment)
    types = sorted({TYPES[each.kind] for each in served})
    tiers = [environment.tier_of(each) for each in served]
    found = [
        Control("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", resource_types=types),
        Control.encrypted(),
        Control.not_deleted_by_hand([arn for arn in break_glass if "*" not in arn][:5]),
        Control.kept_for(min(rule.delete_after for tier in tiers for rule in tier.rules)),
        Control.locked(environment.lock.minimum, environment.lock.maximum),
    ]
    if copied_by_aws_backup(environment) == served:
        found.append(Control.copied_to_region(environment.regions.recovery))
        if environment.accounts.backup != environment.accounts.workload:
            found.append(Control.copied_to_account(environment.accounts.backup))
    ages = [min(tier.rpo.values()) for tier in tiers if tier.rpo]
    if len(ages) == len(tiers):
        found.append(Control.recent(min(max(*ages, _HOUR) // _HOUR * _HOUR, _LONGEST_AGE)))
    times = [max(tier.rto.values()) for tier in tiers if tier.rto]
    if len(times) == len(tiers):
        found.append(Control.restored_within(max(times)))
    return found
