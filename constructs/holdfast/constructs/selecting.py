"""Whether a backup selection, as it stands in a Terraform configuration, finds a resource of the same configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from holdfast.constructs.stateful import STATEFUL, Stateful

Arguments = Mapping[str, Any]
_TAG = "aws:ResourceTag/"


@dataclass(frozen=True)
class Held:
    """A resource that holds data.

    Args:
        path: where it was declared in the construct tree.
        address: its Terraform address, `aws_dynamodb_table.orders`.
        type: its Terraform type.
        name: what ends its ARN; nothing where that is known only after apply.
        tags: its tags, those of its provider included.
        region: the Region of its provider; nothing where that is not written.
    """

    path: str
    address: str
    type: str
    name: str
    tags: Mapping[str, str]
    region: str = ""

    @property
    def kind(self) -> Stateful:
        """What AWS Backup calls its type."""
        return STATEFUL[self.type]


@dataclass(frozen=True)
class Selecting:
    """What one selection or snapshot policy asks for.

    Args:
        path: where it was declared.
        resources: ARNs, patterns and references; for a snapshot policy `VOLUME` and `INSTANCE`.
        excluding: the same, left out.
        conditions: operator, tag and value of which all must hold.
        any_tag: tags of which one is enough, whatever the rest says.
        plan: the plan it belongs to, as a reference; nothing for a snapshot policy.
    """

    path: str
    resources: tuple[str, ...] = ()
    excluding: tuple[str, ...] = ()
    conditions: tuple[tuple[str, str, str], ...] = ()
    any_tag: tuple[tuple[str, str], ...] = ()
    plan: str = ""
    snapshots: bool = field(default=False)

    @property
    def is_empty(self) -> bool:
        """Whether it can find nothing at all."""
        return not (self.resources or self.any_tag) or (self.snapshots and not self.any_tag)

    def finds(self, held: Held) -> bool:
        """Whether the resource is selected. What is not known before apply does not count."""
        if any(_names(each, held) for each in self.excluding):
            return False
        tagged = any(held.tags.get(key) == value for key, value in self.any_tag)
        if self.snapshots:
            return tagged and bool(held.kind.snapshots) and held.kind.snapshots in self.resources
        if not held.kind.arn:
            return False
        named = any(_names(each, held) for each in self.resources)
        return tagged or (named and all(_holds(each, held.tags) for each in self.conditions))


def held_in(document: Mapping[str, Any]) -> Iterator[Held]:
    """The resources of a Terraform configuration that hold data."""
    providers = _providers(document)
    for kind, name, arguments in _resources(document):
        if kind in STATEFUL:
            region, defaults = providers.get(str(arguments.get("provider", "aws")), ("", {}))
            wanted = STATEFUL[kind].name
            known = arguments.get(wanted) if wanted else None
            yield Held(
                path=_path(arguments, f"{kind}.{name}"),
                address=f"{kind}.{name}",
                type=kind,
                name=known if isinstance(known, str) and "${" not in known else "",
                tags={**defaults, **_mapping(arguments.get("tags"))},
                region=region,
            )


def selections_in(document: Mapping[str, Any]) -> Iterator[Selecting]:
    """The selections and snapshot policies of a Terraform configuration."""
    for kind, name, arguments in _resources(document):
        path = _path(arguments, f"{kind}.{name}")
        if kind == "aws_backup_selection":
            yield Selecting(
                path,
                resources=tuple(arguments.get("resources") or ()),
                excluding=tuple(arguments.get("not_resources") or ()),
                conditions=tuple(_conditions(arguments)),
                any_tag=tuple((each["key"], each["value"]) for each in _items(arguments.get("selection_tag"))),
                plan=str(arguments.get("plan_id", "")),
            )
        elif kind == "aws_dlm_lifecycle_policy" and arguments.get("state") != "DISABLED":
            for details in _items(arguments.get("policy_details")):
                yield Selecting(
                    path,
                    resources=tuple(details.get("resource_types") or ()),
                    any_tag=tuple(_mapping(details.get("target_tags")).items()),
                    snapshots=True,
                )


def plans_in(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and address of every backup plan of a Terraform configuration."""
    for kind, name, arguments in _resources(document):
        if kind == "aws_backup_plan":
            yield _path(arguments, f"{kind}.{name}"), f"{kind}.{name}"


def _names(pattern: str, held: Held) -> bool:
    """Whether an ARN, a pattern or a reference means the resource."""
    if pattern in ("*", f"${{{held.address}.arn}}"):
        return True
    parts = pattern.split(":", 5)
    if len(parts) < 6 or "${" in pattern:
        return fnmatchcase(pattern, "arn:*:*") and pattern.endswith("*") and _service_wide(pattern, held)
    service, _, resource = held.kind.arn.partition(":")
    if parts[2] != service or (parts[3] not in ("", "*") and held.region and parts[3] != held.region):
        return False
    if held.name:
        return fnmatchcase(f"{resource}{held.name}", parts[5])
    return parts[5].endswith("*") and resource.startswith(parts[5].removesuffix("*"))


def _service_wide(pattern: str, held: Held) -> bool:
    """`arn:aws:rds:*`: a pattern that ends before the resource."""
    parts = pattern.removesuffix("*").rstrip(":").split(":")
    return len(parts) > 2 and parts[2] == held.kind.arn.partition(":")[0]


def _holds(condition: tuple[str, str, str], tags: Mapping[str, str]) -> bool:
    operator, key, value = condition
    has = tags.get(key)
    match operator:
        case "string_equals":
            return has == value
        case "string_like":
            return has is not None and fnmatchcase(has, value)
        case "string_not_equals":
            return has != value
        case _:
            return has is None or not fnmatchcase(has, value)


def _conditions(arguments: Arguments) -> Iterator[tuple[str, str, str]]:
    for each in _items(arguments.get("condition")):
        for operator, tags in each.items():
            for tag in _items(tags):
                yield operator, str(tag["key"]).removeprefix(_TAG), str(tag["value"])


def _resources(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Arguments]]:
    for kind, named in document.get("resource", {}).items():
        for name, arguments in named.items():
            yield kind, name, arguments


def _providers(document: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Region and default tags of each AWS provider, by the name resources use for it."""
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for each in _items(document.get("provider", {}).get("aws")):
        alias = each.get("alias")
        tags: dict[str, str] = {}
        for block in _items(each.get("default_tags")):
            tags |= _mapping(block.get("tags"))
        region = str(each.get("region", ""))
        found[f"aws.{alias}" if alias else "aws"] = ("" if "${" in region else region, tags)
    return found


def _path(arguments: Arguments, address: str) -> str:
    return str(arguments.get("//", {}).get("metadata", {}).get("path", address))


def _items(value: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [value]
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, str]:
    """Tags; what is known only after apply is left out."""
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(key): str(each) for key, each in pairs if "${" not in str(each)}
