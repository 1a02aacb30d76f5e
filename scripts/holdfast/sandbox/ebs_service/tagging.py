"""Tags as EC2 puts them."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.sandbox.ebs_service.world import World
from holdfast.sandbox.service.values import Values


def tags_for(given: Values, kind: str) -> dict[str, str]:
    """The tags a call gives to what it makes."""
    asked = [each for each in given.get("TagSpecifications", []) if each.get("ResourceType") == kind]
    return {tag["Key"]: tag.get("Value", "") for each in asked for tag in each.get("Tags", [])}


def pairs(tags: Mapping[str, str]) -> list[Values]:
    """Tags as a list of pairs."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def retag(world: World, operation: str, given: Values) -> None:
    """Carry CreateTags or DeleteTags out on the snapshots it names; the emulator keeps those of everything else."""
    for snapshot in (world.snapshots[each] for each in given["Resources"] if each in world.snapshots):
        tags = {each["Key"]: each.get("Value") for each in given.get("Tags", [])}
        if operation == "CreateTags":
            snapshot.tags |= {key: value or "" for key, value in tags.items()}
            continue
        for key in [key for key in snapshot.tags if not tags or key in tags]:
            if tags.get(key) in {None, "", snapshot.tags[key]}:
                del snapshot.tags[key]
