"""Backup plans: rules, versions, and what AWS Backup fills in."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from holdfast.sandbox.backup_service.errors import (
    already_exists,
    invalid_parameter,
    invalid_request,
    not_found,
)
from holdfast.sandbox.backup_service.world import Request, paged, serves
from holdfast.sandbox.service.values import Values

_DEFAULTS = {
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "StartWindowMinutes": 480,
    "CompletionWindowMinutes": 10080,
    "ScheduleExpressionTimezone": "Etc/UTC",
}
_COLD_TO_DELETE = 90
_NAMED = ("BackupPlanId", "BackupPlanArn", "CreationDate", "VersionId", "AdvancedBackupSettings")


@serves("CreateBackupPlan")
def create(request: Request) -> Values:
    """Make a plan."""
    given, here = request.given, request.here
    document = _completed(given["BackupPlan"])
    if any(each["BackupPlan"] == document for each in here.plans.values() if "DeletionDate" not in each):
        raise already_exists("Backup plan with the same plan document already exists")
    plan_id = str(uuid.uuid4())
    plan: Values = {
        "BackupPlanId": plan_id,
        "BackupPlanArn": request.home.arn("backup-plan", plan_id),
        "CreationDate": request.now,
        "VersionId": _version(),
        "BackupPlan": document,
        "CreatorRequestId": given.get("CreatorRequestId"),
        "AdvancedBackupSettings": document.get("AdvancedBackupSettings"),
    }
    here.plans[plan_id] = plan
    if given.get("BackupPlanTags"):
        here.tags[plan["BackupPlanArn"]] = dict(given["BackupPlanTags"])
    return _named(plan)


@serves("UpdateBackupPlan")
def update(request: Request) -> Values:
    """Replace a plan's document; the version is a new one."""
    plan = plan_of(request)
    document = _completed(request.given["BackupPlan"])
    plan.update(
        BackupPlan=document, VersionId=_version(), AdvancedBackupSettings=document.get("AdvancedBackupSettings")
    )
    return _named(plan)


@serves("GetBackupPlan")
def get(request: Request) -> Values:
    """Tell of one plan."""
    return plan_of(request)


@serves("ListBackupPlans")
def list_all(request: Request) -> Values:
    """Tell of all plans."""
    deleted = request.given.get("IncludeDeleted", False)
    plans = [each for each in request.here.plans.values() if deleted or "DeletionDate" not in each]
    rows = [each | {"BackupPlanName": each["BackupPlan"]["BackupPlanName"]} for each in plans]
    return paged(request, "BackupPlansList", rows)


@serves("DeleteBackupPlan")
def delete(request: Request) -> Values:
    """Remove a plan that selects nothing any more."""
    plan, here = plan_of(request), request.here
    if here.selections.get(plan["BackupPlanId"]):
        raise invalid_request("Related backup plan selections must be deleted prior to backup plan deletion")
    plan["DeletionDate"] = request.now
    here.tags.pop(plan["BackupPlanArn"], None)
    return _named(plan) | {"DeletionDate": plan["DeletionDate"]}


def plan_of(request: Request) -> Values:
    """The plan a call names.

    Raises:
        ServiceAnswer: there is none of that id.
    """
    plan = request.here.plans.get(str(request.given["BackupPlanId"]))
    if plan is None or "DeletionDate" in plan:
        raise not_found("Failed reading Backup plan with provided version")
    return plan


def check_lifecycle(lifecycle: Values) -> dict[str, int]:
    """A lifecycle, once it is one AWS Backup takes: 90 days in cold storage before deletion at least.

    Raises:
        ServiceAnswer: it is not.
    """
    cold, gone = lifecycle.get("MoveToColdStorageAfterDays"), lifecycle.get("DeleteAfterDays")
    if gone is not None and gone != -1 and gone < 1:
        raise invalid_parameter("DeleteAfterDays must be 1 or more")
    if cold and cold > 0 and gone and 0 < gone < cold + _COLD_TO_DELETE:
        raise invalid_parameter(
            f"DeleteAfterDays cannot be less than {_COLD_TO_DELETE} days apart from MoveToColdStorageAfterDays"
        )
    return dict(lifecycle)


def _completed(document: Values) -> Values:
    """The document with what AWS Backup fills in."""
    rules: list[Any] = []
    for rule in document["Rules"]:
        check_lifecycle(rule.get("Lifecycle", {}))
        for copy in rule.get("CopyActions", []):
            check_lifecycle(copy.get("Lifecycle", {}))
        rules.append({**_DEFAULTS, "EnableContinuousBackup": False, **rule, "RuleId": str(uuid.uuid4())})
    return {**document, "Rules": rules}


def _named(plan: Values) -> Values:
    return {name: plan[name] for name in _NAMED if plan.get(name) is not None}


def _version() -> str:
    return secrets.token_urlsafe(36)
