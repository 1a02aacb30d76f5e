"""Base held against head: what the synthesized stacks say and no plan shows.

A check takes both sides and yields findings; `CHECKS` is the seam where further ones (a dataset that is no longer
selected, a proof that no longer holds) are added by who calls `compare`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from holdfast.review.finding import Finding, Json, Kind, Origin
from holdfast.review.rules import CATALOGUE, attribute_rules, guarded_types, loss_rules
from holdfast.review.stacks import Resource, Stack
from holdfast.review.words import listed, quoted

Stacks = Mapping[str, Stack]
Check = Callable[[Stacks, Stacks], Iterable[Finding]]

_MOVED = ("bucket", "key", "region", "workspace_key_prefix", "path", "hostname", "organization", "workspaces")
_GUARDS = ("use_lockfile", "encrypt", "kms_key_id", "dynamodb_table")
_PROVIDER = (
    "alias",
    "allowed_account_ids",
    "assume_role",
    "endpoints",
    "forbidden_account_ids",
    "profile",
    "region",
    "shared_config_files",
    "shared_credentials_files",
)


def compare(base: Stacks, head: Stacks, checks: Sequence[Check] | None = None) -> list[Finding]:
    """Every finding of the checks, by default those of this module."""
    return [finding for check in (CHECKS if checks is None else checks) for finding in check(base, head)]


def _pairs(base: Stacks, head: Stacks) -> Iterator[tuple[Stack, Stack]]:
    return ((base[name], head[name]) for name in base if name in head)


def _finding(id_: str, stack: Stack, address: str, detail: str, **more: Json) -> Finding:
    rule = CATALOGUE[id_]
    return Finding(
        rule=rule.id,
        severity=more.pop("severity", rule.severity),
        kind=more.pop("kind", rule.kind),
        stack=stack.name,
        address=address,
        message=f"{rule.title}{f': {detail}' if detail else ''}. {rule.risk}",
        origin=Origin.STACKS,
        opens_deletion=rule.opens_deletion,
        **more,
    )


def stacks_removed(base: Stacks, head: Stacks) -> Iterator[Finding]:
    """Stacks of base that head does not have."""
    for name, stack in base.items():
        if name not in head:
            guarded = [r.address for r in stack.resources.values() if r.type in loss_rules()]
            yield _finding("stack-removed", stack, "(stack)", f"{len(guarded)} guarded resources", before=len(guarded))


def destroy_guards(base: Stacks, head: Stacks) -> Iterator[Finding]:
    """`prevent_destroy` dropped, and resources that had it and are no longer there."""
    for old, new in _pairs(base, head):
        for address, resource in old.resources.items():
            if resource.lifecycle.get("prevent_destroy") is True:
                yield from _destroy_guard(new, address, resource)


def _destroy_guard(new: Stack, address: str, resource: Resource) -> Iterator[Finding]:
    now = new.resources.get(address) or new.resources.get(new.moved.get(address, ""))
    if now is None:
        id_ = "stack-resource-forgotten" if address in new.forgotten else "stack-protected-resource-removed"
        yield _finding(id_, new, address, "", before="present", construct=resource.construct)
        return
    after = now.lifecycle.get("prevent_destroy", False)
    path = "lifecycle.prevent_destroy"
    if isinstance(after, str):
        yield _finding("stack-unreadable", new, address, quoted(after), path=path, before=True, after=after)
    elif after is not True:
        found = _finding("stack-prevent-destroy-dropped", new, address, "", path=path, before=True, after=after)
        yield found


def ignored_changes(base: Stacks, head: Stacks) -> Iterator[Finding]:
    """`ignore_changes` that newly covers a guarded attribute."""
    for old, new in _pairs(base, head):
        for address, resource in new.resources.items():
            before = old.resources.get(address)
            ignored = _ignored(resource)
            had = _ignored(before) if before else set()
            gained = ignored if "all" not in had else set()
            gained = {name for name in gained - had if name == "all" or name in _guarded(resource.type)}
            if gained and resource.type in guarded_types():
                path = "lifecycle.ignore_changes"
                shown = sorted(gained)
                yield _finding("stack-changes-ignored", new, address, listed(shown), path=path, after=shown)


def _ignored(resource: Resource) -> set[str]:
    value = resource.lifecycle.get("ignore_changes")
    names = value if isinstance(value, list) else [value] if value else []
    return {str(name).split(".")[0].split("[")[0] for name in names}


def _guarded(type_: str) -> set[str]:
    rules = attribute_rules().get(type_, ())
    return {(rule.path.names or tuple(rule.reading.field.split(".")))[0] for rule in rules}


def backends(base: Stacks, head: Stacks) -> Iterator[Finding]:
    """Where the state is kept, and how it is protected."""
    for old, new in _pairs(base, head):
        if set(old.backend) != set(new.backend):
            before, after = sorted(old.backend), sorted(new.backend)
            yield _finding("stack-backend-changed", new, "terraform.backend", f"{listed(before)} → {listed(after)}",
                           before=before, after=after)  # fmt: skip
            continue
        for type_ in old.backend:
            left, right = (side.backend[type_] for side in (old, new))
            if isinstance(left, dict) and isinstance(right, dict):
                yield from _settings("stack-backend-changed", new, f"terraform.backend.{type_}", left, right, _MOVED)
                yield from _settings("stack-backend-weaker", new, f"terraform.backend.{type_}", left, right, _GUARDS)


def providers(base: Stacks, head: Stacks) -> Iterator[Finding]:
    """Where providers point, and which version they have."""
    for old, new in _pairs(base, head):
        for name in old.providers.keys() | new.providers.keys():
            left, right = old.providers.get(name), new.providers.get(name)
            if left is not None and right is not None:
                yield from _settings("stack-provider-changed", new, f"provider.{name}", left, right, _PROVIDER)
            elif left is not None:
                yield _finding("stack-provider-changed", new, f"provider.{name}", "it is gone", before="present")
        for name in old.required.keys() & new.required.keys():
            left, right = old.required[name], new.required[name]
            if isinstance(left, dict) and isinstance(right, dict):
                address = f"terraform.required_providers.{name}"
                yield from _settings("stack-provider-version", new, address, left, right, ("version", "source"))


def _settings(
    id_: str, stack: Stack, address: str, old: Mapping[str, Json], new: Mapping[str, Json], names: tuple[str, ...]
) -> Iterator[Finding]:
    for name in names:
        before, after = old.get(name), new.get(name)
        gained = name in _GUARDS and (before in (None, False, "") or (before is not True and after is True))
        if before != after and not gained:
            yield _finding(id_, stack, address, f"{quoted(before)} → {quoted(after)}", path=name,
                           before=before, after=after)  # fmt: skip


def resources_forgotten(base: Stacks, head: Stacks) -> Iterator[Finding]:
    """`removed` blocks with `destroy = false` for guarded types without prevent_destroy."""
    for old, new in _pairs(base, head):
        for address in sorted(new.forgotten - old.forgotten):
            resource = old.resources.get(address)
            guarded = resource is not None and resource.lifecycle.get("prevent_destroy") is True
            if address.split(".")[0] in loss_rules() and not guarded:
                construct = resource.construct if resource else None
                yield _finding("stack-resource-forgotten", new, address, "", before="present", kind=Kind.LOSS,
                               construct=construct)  # fmt: skip


CHECKS: tuple[Check, ...] = (stacks_removed, destroy_guards, ignored_changes, backends, providers, resources_forgotten)
"""The checks `compare` makes unless told otherwise."""


def construct_paths(stacks: Stacks) -> dict[tuple[str, str], str]:
    """The construct path of each resource, by stack and address."""
    return {
        (stack.name, address): resource.construct
        for stack in stacks.values()
        for address, resource in stack.resources.items()
        if resource.construct
    }
