"""Audit frameworks: controls that are kept and told, and not evaluated."""

from __future__ import annotations

import uuid

from holdfast.sandbox.backup_service.errors import already_exists, not_found
from holdfast.sandbox.backup_service.world import Request, paged, serves
from holdfast.sandbox.service.values import Values


@serves("CreateFramework")
def create(request: Request) -> Values:
    """Make a framework."""
    given, here = request.given, request.here
    name = given["FrameworkName"]
    if name in here.frameworks:
        raise already_exists("Framework with the same name already exists")
    arn = request.home.arn("framework", f"{name}-{uuid.uuid4()}")
    here.frameworks[name] = {
        "FrameworkName": name,
        "FrameworkArn": arn,
        "FrameworkDescription": given.get("FrameworkDescription", ""),
        "FrameworkControls": given["FrameworkControls"],
        "NumberOfControls": len(given["FrameworkControls"]),
        "CreationTime": request.now,
        "DeploymentStatus": "COMPLETED",
        "FrameworkStatus": "ACTIVE",
        "IdempotencyToken": given.get("IdempotencyToken"),
    }
    if given.get("FrameworkTags"):
        here.tags[arn] = dict(given["FrameworkTags"])
    return here.frameworks[name]


@serves("DescribeFramework")
def describe(request: Request) -> Values:
    """Tell of one framework."""
    return _one(request)


@serves("UpdateFramework")
def update(request: Request) -> Values:
    """Change its description or controls."""
    framework = _one(request)
    changes: Values = {
        name: request.given[name] for name in ("FrameworkDescription", "FrameworkControls") if name in request.given
    }
    framework.update(changes)
    framework["NumberOfControls"] = len(framework["FrameworkControls"])
    return framework


@serves("ListFrameworks")
def list_all(request: Request) -> Values:
    """Tell of all frameworks."""
    return paged(request, "Frameworks", list(request.here.frameworks.values()))


@serves("DeleteFramework")
def delete(request: Request) -> Values:
    """Remove a framework."""
    framework = _one(request)
    request.here.tags.pop(framework["FrameworkArn"], None)
    del request.here.frameworks[framework["FrameworkName"]]
    return {}


def _one(request: Request) -> Values:
    framework = request.here.frameworks.get(str(request.given["FrameworkName"]))
    if framework is None:
        raise not_found(f"Framework {request.given['FrameworkName']} does not exist")
    return framework
