"""What a plan protects: resources by ARN, ARN pattern and tags."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from holdfast.sandbox.backup_service.api.plans import plan_of
from holdfast.sandbox.backup_service.errors import already_exists, not_found
from holdfast.sandbox.backup_service.roles import require_role
from holdfast.sandbox.backup_service.world import Request, paged, serves
from holdfast.sandbox.service.values import Values

_EMPTY: Values = {"Resources": [], "NotResources": [], "ListOfTags": []}
_CONDITIONS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")


@serves("CreateBackupSelection")
def create(request: Request) -> Values:
    """Add a selection to a plan. The role must be one AWS Backup can take on."""
    plan, asked = plan_of(request), request.given["BackupSelection"]
    require_role(request.world.clients("iam", request.home.region), asked["IamRoleArn"])
    there = request.here.selections.setdefault(plan["BackupPlanId"], {})
    if any(each["BackupSelection"]["SelectionName"] == asked["SelectionName"] for each in there.values()):
        raise already_exists("Backup selection with the same name already exists in the plan")
    selection_id = str(uuid.uuid4())
    conditions = {name: asked.get("Conditions", {}).get(name, []) for name in _CONDITIONS}
    there[selection_id] = {
        "SelectionId": selection_id,
        "BackupPlanId": plan["BackupPlanId"],
        "CreationDate": request.now,
        "CreatorRequestId": request.given.get("CreatorRequestId"),
        "BackupSelection": {**_EMPTY, **asked, "Conditions": conditions},
    }
    return there[selection_id]


@serves("GetBackupSelection")
def get(request: Request) -> Values:
    """Tell of one selection."""
    return _one(request)


@serves("ListBackupSelections")
def list_all(request: Request) -> Values:
    """Tell of a plan's selections."""
    there = request.here.selections.get(plan_of(request)["BackupPlanId"], {}).values()
    rows = [each | {name: each["BackupSelection"][name] for name in ("SelectionName", "IamRoleArn")} for each in there]
    return paged(request, "BackupSelectionsList", rows)


@serves("DeleteBackupSelection")
def delete(request: Request) -> Values:
    """Take a selection out of its plan."""
    selection = _one(request)
    del request.here.selections[selection["BackupPlanId"]][selection["SelectionId"]]
    return {}


def selected(selection: Values, resources: dict[str, dict[str, str]]) -> Iterator[str]:
    """The ARNs a selection selects.

    Args:
        selection: the `BackupSelection`.
        resources: what there is: tags by ARN.
    """
    asked, without = selection.get("Resources", []), selection.get("NotResources", [])
    for arn, tags in sorted(resources.items()):
        named = not asked or any(fnmatchcase(arn, pattern) for pattern in asked)
        if not named or any(fnmatchcase(arn, pattern) for pattern in without):
            continue
        if _by_any_tag(selection.get("ListOfTags", []), tags) and _by_conditions(selection.get("Conditions", {}), tags):
            yield arn


def _by_any_tag(wanted: list[Any], tags: dict[str, str]) -> bool:
    return not wanted or any(tags.get(each["ConditionKey"]) == each["ConditionValue"] for each in wanted)


def _by_conditions(conditions: Values, tags: dict[str, str]) -> bool:
    """All of them have to hold. Keys are written `aws:ResourceTag/<key>`."""
    for kind, each in ((name, each) for name in _CONDITIONS for each in conditions.get(name, [])):
        found = tags.get(each["ConditionKey"].removeprefix("aws:ResourceTag/"))
        wanted = each["ConditionValue"]
        matches = found is not None and (fnmatchcase(found, wanted) if "Like" in kind else found == wanted)
        if matches == ("Not" in kind):
            return False
    return True


def _one(request: Request) -> Values:
    there = request.here.selections.get(plan_of(request)["BackupPlanId"], {})
    selection = there.get(str(request.given["SelectionId"]))
    if selection is None:
        raise not_found("Cannot find Backup selection with the provided id")
    return selection
