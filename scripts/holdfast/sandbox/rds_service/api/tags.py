"""Tags of everything RDS keeps."""

from __future__ import annotations

from holdfast.sandbox.rds_service.arns import AUTOMATED, INSTANCE, SNAPSHOT, SUBNETS, taken_apart
from holdfast.sandbox.rds_service.documents import tag_list, tags_given
from holdfast.sandbox.rds_service.errors import invalid, no_automated_backup, no_instance, no_snapshot, no_subnets
from holdfast.sandbox.rds_service.world import Request, serves
from holdfast.sandbox.service.values import Values

_NONE = {INSTANCE: no_instance, SNAPSHOT: no_snapshot, AUTOMATED: no_automated_backup, SUBNETS: no_subnets}


@serves("ListTagsForResource")
def list_tags(request: Request) -> Values:
    """The tags of one thing."""
    return {"TagList": tag_list(_tags(request))}


@serves("AddTagsToResource")
def add(request: Request) -> Values:
    """More tags, or other values."""
    _tags(request).update(tags_given(request.given["Tags"]))
    return {}


@serves("RemoveTagsFromResource")
def remove(request: Request) -> Values:
    """Fewer tags."""
    tags = _tags(request)
    for key in request.given["TagKeys"]:
        tags.pop(str(key), None)
    return {}


def _tags(request: Request) -> dict[str, str]:
    name = str(request.given["ResourceName"])
    parts = taken_apart(name)
    if parts is None or parts[1] not in _NONE:
        raise invalid(f"Invalid resource name: {name}")
    here = request.world.region(parts[0])
    records = {
        INSTANCE: here.instances,
        SNAPSHOT: here.snapshots,
        AUTOMATED: here.automated,
        SUBNETS: here.subnets,
    }[parts[1]]
    found = records.get(parts[2])  # type: ignore[attr-defined]  # each is a dictionary of what has tags
    if found is None:
        raise _NONE[parts[1]](parts[2])
    tags: dict[str, str] = found.tags
    return tags
