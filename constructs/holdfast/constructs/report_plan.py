"""Daily reports of AWS Backup Audit Manager, left in a bucket."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.audit_framework import check_audit_name
from holdfast.constructs.limits import require

_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ReportSetting.html"


class ReportTemplate(StrEnum):
    """What a report is about."""

    BACKUP_JOBS = "BACKUP_JOB_REPORT"
    COPY_JOBS = "COPY_JOB_REPORT"
    RESTORE_JOBS = "RESTORE_JOB_REPORT"
    RESOURCE_COMPLIANCE = "RESOURCE_COMPLIANCE_REPORT"
    """Which resources satisfy the controls of the frameworks."""

    CONTROL_COMPLIANCE = "CONTROL_COMPLIANCE_REPORT"
    """Which controls of the frameworks are satisfied."""


_OF_FRAMEWORKS = (ReportTemplate.RESOURCE_COMPLIANCE, ReportTemplate.CONTROL_COMPLIANCE)


class BackupReportPlan(Construct):
    """A report of the last 24 hours, made every night, as CSV and JSON.

    Its bucket's policy has to let `reports.backup.amazonaws.com` write
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html).

    Args:
        report_plan_name: name of the plan, a letter and then letters, digits and _, at most 256.
        template: what it is about.
        bucket_name: where reports are left.
        prefix: put before their names. By default nothing.
        framework_arns: frameworks a compliance report is about; given for such a report, and for no other.
        accounts: accounts reported on, when an organisation's. By default its own.
        regions: Regions reported on. By default its own.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        BackupReportPlan(
            stack,
            "RestoreReport",
            report_plan_name="restores",
            template=ReportTemplate.RESTORE_JOBS,
            bucket_name="acme-reports-111122223333",
        )

    Raises:
        OutsideLimit: the name is none, or frameworks are missing or out of place.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        report_plan_name: str,
        template: ReportTemplate,
        bucket_name: str,
        prefix: str | None = None,
        framework_arns: Sequence[str] = (),
        accounts: Sequence[str] = (),
        regions: Sequence[str] = (),
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_audit_name(report_plan_name, construct="BackupReportPlan", field="report_plan_name")
        wanted = template in _OF_FRAMEWORKS
        require(
            wanted == bool(framework_arns) and len(framework_arns) <= 1000,
            construct="BackupReportPlan",
            field="framework_arns",
            value=f"{len(framework_arns)} frameworks",
            allowed=f"1 to 1000 for {template.value}" if wanted else f"none for {template.value}",
            reference=_API,
        )
        aws.BackupReportPlan(
            self,
            "Resource",
            name=report_plan_name,
            report_delivery_channel={
                "s3_bucket_name": bucket_name,
                "s3_key_prefix": prefix,
                "formats": ["CSV", "JSON"],
            },
            report_setting={
                "report_template": template.value,
                "framework_arns": list(framework_arns) or None,
                "number_of_frameworks": len(framework_arns) or None,
                "accounts": list(accounts) or None,
                "regions": list(regions) or None,
            },
            provider=provider,
        )
