"""Tags of everything AWS Backup keeps."""

from __future__ import annotations

from holdfast.sandbox.backup_service.world import Request, serves
from holdfast.sandbox.service.values import Values


@serves("ListTags")
def list_tags(request: Request) -> Values:
    """Tell the tags of a resource."""
    return {"Tags": dict(request.here.tags.get(request.given["ResourceArn"], {}))}


@serves("TagResource")
def tag(request: Request) -> Values:
    """Set tags; others stay."""
    request.here.tags.setdefault(request.given["ResourceArn"], {}).update(request.given["Tags"])
    return {}


@serves("UntagResource")
def untag(request: Request) -> Values:
    """Take tags away."""
    there = request.here.tags.get(request.given["ResourceArn"], {})
    for name in request.given["TagKeyList"]:
        there.pop(name, None)
    return {}
