"""Report plans: kept and told; no report is written."""

from __future__ import annotations

import uuid

from holdfast.sandbox.backup_service.errors import already_exists, not_found
from holdfast.sandbox.backup_service.world import Request, paged, serves
from holdfast.sandbox.service.values import Values

_CHANGEABLE = ("ReportPlanDescription", "ReportDeliveryChannel", "ReportSetting")


@serves("CreateReportPlan")
def create(request: Request) -> Values:
    """Make a report plan."""
    given, here = request.given, request.here
    name = given["ReportPlanName"]
    if name in here.report_plans:
        raise already_exists("Report plan with the same name already exists")
    plan = {
        "ReportPlanName": name,
        "ReportPlanArn": request.home.arn("report-plan", f"{name}-{uuid.uuid4()}"),
        "CreationTime": request.now,
        "DeploymentStatus": "COMPLETED",
        **{field: given[field] for field in _CHANGEABLE if field in given},
    }
    here.report_plans[name] = plan
    if given.get("ReportPlanTags"):
        here.tags[plan["ReportPlanArn"]] = dict(given["ReportPlanTags"])
    return plan


@serves("DescribeReportPlan")
def describe(request: Request) -> Values:
    """Tell of one report plan."""
    return {"ReportPlan": _one(request)}


@serves("UpdateReportPlan")
def update(request: Request) -> Values:
    """Change what it says."""
    plan = _one(request)
    plan.update({field: request.given[field] for field in _CHANGEABLE if field in request.given})
    return plan


@serves("ListReportPlans")
def list_all(request: Request) -> Values:
    """Tell of all report plans."""
    return paged(request, "ReportPlans", list(request.here.report_plans.values()))


@serves("DeleteReportPlan")
def delete(request: Request) -> Values:
    """Remove a report plan."""
    plan = _one(request)
    request.here.tags.pop(plan["ReportPlanArn"], None)
    del request.here.report_plans[plan["ReportPlanName"]]
    return {}


def _one(request: Request) -> Values:
    plan = request.here.report_plans.get(str(request.given["ReportPlanName"]))
    if plan is None:
        raise not_found(f"Report plan {request.given['ReportPlanName']} does not exist")
    return plan
