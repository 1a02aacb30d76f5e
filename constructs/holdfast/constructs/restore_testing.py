"""Restore tests that AWS Backup makes by itself, on a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.backup_rule import check_cron
from holdfast.constructs.limits import matches, require
from holdfast.constructs.service_role import Purpose, ServiceRole

_PLAN = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html"
_SELECTION = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html"
_QUOTAS = "https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html"
_ARNS, _CONDITIONS, _SELECTIONS, _VAULTS = 30, 30, 30, 30
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_NAME = r"[a-zA-Z0-9_]{1,50}"


class TestedResource(StrEnum):
    """What AWS Backup can restore by itself to test it. EKS, Redshift, Timestream, SAP HANA and VMware are not."""

    __test__ = False  # its name begins with Test, and it is none

    AURORA = "Aurora"
    DOCUMENTDB = "DocumentDB"
    DYNAMODB = "DynamoDB"
    EBS = "EBS"
    EC2 = "EC2"
    EFS = "EFS"
    FSX = "FSx"
    NEPTUNE = "Neptune"
    RDS = "RDS"
    S3 = "S3"


@dataclass(frozen=True)
class RestoreTest:
    """Which resources of one type are restored, and how long what was restored stays to be looked at.

    Args:
        name: name of the selection, 1 to 50 letters, digits and _.
        resource: the type.
        arns: these resources, at most 30. By default all of the type, or those the tags choose.
        tags: those with all of these tags; not together with `arns`. By default not asked for.
        overrides: restore metadata that replaces what AWS Backup infers, such as `{"subnetId": …}`. By default nothing.
        validate_within: how long the restored resource is kept for its check, whole hours, up to 168. By default 4.

    Raises:
        OutsideLimit: a value is outside a limit of restore testing, or both ARNs and tags are given.
    """

    name: str
    resource: TestedResource
    arns: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    validate_within: timedelta = 4 * _HOUR

    def __post_init__(self) -> None:
        matches(
            self.name,
            _NAME,
            construct="RestoreTest",
            field="name",
            allowed="1 to 50 letters, digits and _",
            reference=_SELECTION,
        )
        both = bool(self.arns) and bool(self.tags)
        self._check(not both, "arns", "ARNs and tags", "one of the two", _SELECTION)
        self._check(len(self.arns) <= _ARNS, "arns", f"{len(self.arns)} ARNs", f"at most {_ARNS}", _QUOTAS)
        self._check(len(self.tags) <= _CONDITIONS, "tags", f"{len(self.tags)} tags", f"at most {_CONDITIONS}", _QUOTAS)
        hours = _hours(self.validate_within)
        self._check(
            hours is not None and 0 <= hours <= 168,
            "validate_within",
            str(self.validate_within),
            "whole hours, 0 to 168",
            _SELECTION,
        )

    def _check(self, condition: bool, what: str, value: str, allowed: str, reference: str) -> None:
        require(condition, construct="RestoreTest", field=what, value=value, allowed=allowed, reference=reference)


class RestoreTestingPlan(Construct):
    """Restores one recovery point of every chosen resource on a schedule, and deletes what it restored.

    AWS Backup says whether the restore worked; whether the *data* is right is for a drill to say, within
    `validate_within`. A resource without a recovery point in the window is left out without a word: watch for it.

    Args:
        plan_name: name of the plan, 1 to 50 letters, digits and _.
        account: the account it is in.
        role_name: name of the role AWS Backup restores with; made here.
        vault_arns: the vaults recovery points are taken from, 1 to 30, or `*` for all.
        tests: what is restored, 1 to 30 selections, each name once.
        schedule: `cron(…)`, started within `start_window` of it. By default Sundays at 03:00.
        timezone: IANA time zone of the schedule. By default UTC.
        start_window: whole hours, 1 to 168. By default 8.
        newest: the newest recovery point is restored; with False a random one of the window. By default the newest.
        window: how old a recovery point may be; whole days, 1 to 365. By default 30.
        excluding: ARNs of vaults left out. By default none.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        RestoreTestingPlan(
            stack,
            "RestoreTests",
            plan_name="weekly_restores",
            account="111122223333",
            role_name="restore-tests",
            vault_arns=["arn:aws:backup:us-west-2:111122223333:backup-vault:acme-copies"],
            tests=[RestoreTest("orders", TestedResource.RDS, tags={"service": "orders"})],
        )

    Raises:
        OutsideLimit: a value is outside a limit of restore testing.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plan_name: str,
        account: str,
        role_name: str,
        vault_arns: Sequence[str],
        tests: Sequence[RestoreTest],
        schedule: str = "cron(0 3 ? * SUN *)",
        timezone: str = "Etc/UTC",
        start_window: timedelta = 8 * _HOUR,
        newest: bool = True,
        window: timedelta = 30 * _DAY,
        excluding: Sequence[str] = (),
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        matches(
            plan_name,
            _NAME,
            construct="RestoreTestingPlan",
            field="plan_name",
            allowed="1 to 50 letters, digits and _",
            reference=_PLAN,
        )
        check_cron(schedule, construct="RestoreTestingPlan", field="schedule", reference=_PLAN)
        _check_plan(start_window, window, vault_arns, tests)
        self.role = ServiceRole(
            self, "Role", role_name=role_name, account=account, purpose=Purpose.RESTORE, provider=provider
        )
        self.resource = aws.BackupRestoreTestingPlan(
            self,
            "Resource",
            name=plan_name,
            schedule_expression=schedule,
            schedule_expression_timezone=timezone,
            start_window_hours=_hours(start_window),
            recovery_point_selection=[
                aws.BackupRestoreTestingPlanRecoveryPointSelection(
                    algorithm="LATEST_WITHIN_WINDOW" if newest else "RANDOM_WITHIN_WINDOW",
                    include_vaults=list(vault_arns),
                    exclude_vaults=list(excluding) or None,
                    recovery_point_types=["CONTINUOUS", "SNAPSHOT"],
                    selection_window_days=window.days,
                )
            ],
            provider=provider,
        )
        for test in tests:
            self._select(test, provider)

    def _select(self, test: RestoreTest, provider: TerraformProvider | None) -> None:
        aws.BackupRestoreTestingSelection(
            self,
            f"Test-{test.name}",
            name=test.name,
            restore_testing_plan_name=self.resource.name,
            iam_role_arn=self.role.role_arn,
            protected_resource_type=test.resource.value,
            protected_resource_arns=None if test.tags else list(test.arns) or ["*"],
            protected_resource_conditions=_conditions(test),
            restore_metadata_overrides=dict(test.overrides) or None,
            validation_window_hours=_hours(test.validate_within),
            depends_on=self.role.attachments,
            provider=provider,
        )


def _conditions(test: RestoreTest) -> list[aws.BackupRestoreTestingSelectionProtectedResourceConditions] | None:
    if not test.tags:
        return None
    equals = [{"key": f"aws:ResourceTag/{key}", "value": value} for key, value in test.tags.items()]
    return [aws.BackupRestoreTestingSelectionProtectedResourceConditions(string_equals=equals)]


def _hours(duration: timedelta) -> int | None:
    """A duration as whole hours; nothing when it is none."""
    return duration // _HOUR if duration % _HOUR == timedelta(0) else None


def _check_plan(
    start_window: timedelta, window: timedelta, vault_arns: Sequence[str], tests: Sequence[RestoreTest]
) -> None:
    names = [test.name for test in tests]
    hours = _hours(start_window)
    checks = (
        ("start_window", str(start_window), "whole hours, 1 to 168", hours is not None and 1 <= hours <= 168),
        ("window", str(window), "whole days, 1 to 365", window % _DAY == timedelta(0) and 1 <= window.days <= 365),
        ("vault_arns", f"{len(vault_arns)} vaults", f"1 to {_VAULTS}", 1 <= len(vault_arns) <= _VAULTS),
        ("tests", f"{len(tests)} selections", f"1 to {_SELECTIONS}", 1 <= len(tests) <= _SELECTIONS),
        ("tests", ", ".join(names), "each name once", len(names) == len(set(names))),
    )
    for what, value, allowed, holds in checks:
        require(holds, construct="RestoreTestingPlan", field=what, value=value, allowed=allowed, reference=_QUOTAS)
