"""Restore testing plans and selections. They are kept and told; nothing runs them, as nothing runs a schedule here.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
"""

from __future__ import annotations

import re

from holdfast.sandbox.backup_service.errors import (
    already_exists,
    invalid_parameter,
    invalid_request,
    not_found,
)
from holdfast.sandbox.backup_service.roles import require_role
from holdfast.sandbox.backup_service.world import Request, paged, serves
from holdfast.sandbox.service.values import Values

_MOST_SELECTIONS = 30


@serves("CreateRestoreTestingPlan")
def create_plan(request: Request) -> Values:
    """Make a plan."""
    given, here = request.given, request.here
    asked = given["RestoreTestingPlan"]
    name = asked["RestoreTestingPlanName"]
    if not re.fullmatch(r"[a-zA-Z0-9_]{1,50}", name):
        raise invalid_parameter("RestoreTestingPlanName: 1 to 50 letters, digits and _")
    if name in here.testing_plans:
        raise already_exists(f"Restore testing plan {name} already exists")
    point = {"SelectionWindowDays": 30, "ExcludeVaults": [], **asked["RecoveryPointSelection"]}
    plan = {
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowHours": 24,
        **asked,
        "RecoveryPointSelection": point,
        "RestoreTestingPlanArn": request.home.arn("restore-testing-plan", name),
        "CreationTime": request.now,
        "LastUpdateTime": request.now,
        "CreatorRequestId": given.get("CreatorRequestId"),
    }
    here.testing_plans[name] = plan
    here.testing_selections[name] = {}
    if given.get("Tags"):
        here.tags[plan["RestoreTestingPlanArn"]] = dict(given["Tags"])
    return plan


@serves("GetRestoreTestingPlan")
def get_plan(request: Request) -> Values:
    """Tell of one plan."""
    return {"RestoreTestingPlan": _plan(request)}


@serves("UpdateRestoreTestingPlan")
def update_plan(request: Request) -> Values:
    """Change a plan."""
    plan = _plan(request)
    asked = dict(request.given["RestoreTestingPlan"])
    if "RecoveryPointSelection" in asked:
        asked["RecoveryPointSelection"] = plan["RecoveryPointSelection"] | asked["RecoveryPointSelection"]
    plan.update(asked, LastUpdateTime=request.now)
    return plan | {"UpdateTime": request.now}


@serves("ListRestoreTestingPlans")
def list_plans(request: Request) -> Values:
    """Tell of all plans."""
    return paged(request, "RestoreTestingPlans", list(request.here.testing_plans.values()))


@serves("DeleteRestoreTestingPlan")
def delete_plan(request: Request) -> Values:
    """Remove a plan that selects nothing any more."""
    plan, here = _plan(request), request.here
    if here.testing_selections[plan["RestoreTestingPlanName"]]:
        raise invalid_request("Restore testing selections must be deleted before their plan")
    del here.testing_plans[plan["RestoreTestingPlanName"]], here.testing_selections[plan["RestoreTestingPlanName"]]
    here.tags.pop(plan["RestoreTestingPlanArn"], None)
    return {}


@serves("CreateRestoreTestingSelection")
def create_selection(request: Request) -> Values:
    """Add a selection for one resource type."""
    plan, asked = _plan(request), request.given["RestoreTestingSelection"]
    there = request.here.testing_selections[plan["RestoreTestingPlanName"]]
    name = asked["RestoreTestingSelectionName"]
    require_role(request.world.clients("iam", request.home.region), asked["IamRoleArn"])
    if name in there:
        raise already_exists(f"Restore testing selection {name} already exists")
    if len(there) >= _MOST_SELECTIONS:
        raise invalid_request(f"A restore testing plan has {_MOST_SELECTIONS} selections at most")
    selection = {
        "ProtectedResourceArns": [],
        "RestoreMetadataOverrides": {},
        "ValidationWindowHours": 0,
        **asked,
        "ProtectedResourceConditions": {
            kind: asked.get("ProtectedResourceConditions", {}).get(kind, [])
            for kind in ("StringEquals", "StringNotEquals")
        },
        "RestoreTestingPlanName": plan["RestoreTestingPlanName"],
        "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
        "CreationTime": request.now,
        "CreatorRequestId": request.given.get("CreatorRequestId"),
    }
    there[name] = selection
    return selection


@serves("GetRestoreTestingSelection")
def get_selection(request: Request) -> Values:
    """Tell of one selection."""
    return {"RestoreTestingSelection": _selection(request)}


@serves("UpdateRestoreTestingSelection")
def update_selection(request: Request) -> Values:
    """Change a selection."""
    selection = _selection(request)
    selection.update(request.given["RestoreTestingSelection"])
    return selection | {"UpdateTime": request.now}


@serves("ListRestoreTestingSelections")
def list_selections(request: Request) -> Values:
    """Tell of a plan's selections."""
    there = request.here.testing_selections[_plan(request)["RestoreTestingPlanName"]]
    return paged(request, "RestoreTestingSelections", list(there.values()))


@serves("DeleteRestoreTestingSelection")
def delete_selection(request: Request) -> Values:
    """Remove a selection."""
    selection = _selection(request)
    there = request.here.testing_selections[selection["RestoreTestingPlanName"]]
    del there[selection["RestoreTestingSelectionName"]]
    return {}


def _plan(request: Request) -> Values:
    plan = request.here.testing_plans.get(str(request.given["RestoreTestingPlanName"]))
    if plan is None:
        raise not_found(f"Restore testing plan {request.given['RestoreTestingPlanName']} not found")
    return plan


def _selection(request: Request) -> Values:
    there = request.here.testing_selections[_plan(request)["RestoreTestingPlanName"]]
    selection = there.get(str(request.given["RestoreTestingSelectionName"]))
    if selection is None:
        raise not_found(f"Restore testing selection {request.given['RestoreTestingSelectionName']} not found")
    return selection
