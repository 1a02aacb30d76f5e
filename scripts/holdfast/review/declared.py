"""The way from one configuration to another, where no plan knows what is there: a plan of base held against head.

A plan made without a state creates everything and says nothing of what it weakens. The synthesized stacks of base and
head do: their arguments are those a plan has, references stand where a plan would say "known after apply", and policies
can be compared although an ARN in them is not known yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from holdfast.review.finding import Json
from holdfast.review.plan import Against, Change, Plan, Provider
from holdfast.review.stacks import Resource, Stack

_REFERENCE = re.compile(r"\$\{(aws_\w+\.[\w-]+)\.(\w+)\}")
_EXPRESSION = re.compile(r"(?<!\$)\$\{(?!aws_\w+\.[\w-]+\.\w+\})")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("bucket", "name"),
    "bucket": ("bucket",),
    "name": ("name",),
}
"""Attributes a reference may ask for, and the arguments that have the same value."""


def held_against_base(plans: Sequence[Plan], base: Mapping[str, Stack], head: Mapping[str, Stack]) -> list[Plan]:
    """The plans, where those that know no state show the way from base to head instead; stacks without a plan as well.

    A plan keeps what else it says: errors, checks, what is deferred.
    """
    named = {plan.name for plan in plans}
    result = [
        _of_declared(plan, base[plan.name], head[plan.name])
        if plan.name in base and plan.name in head and _knows_no_state(plan)
        else plan
        for plan in plans
    ]
    for name, stack in head.items():
        if name not in named:
            empty = Plan(name=name, path=stack.path, terraform_version="unknown", changes=())
            result.append(_of_declared(empty, base.get(name), stack))
    return result


def _knows_no_state(plan: Plan) -> bool:
    return bool(plan.changes) and not plan.drift and all(change.before is None for change in plan.changes)


def _of_declared(plan: Plan, base: Stack | None, head: Stack) -> Plan:
    return replace(
        plan,
        changes=tuple(_changes(base, head)),
        deferred=(),
        against=Against.BASE,
        providers=_providers(head),
        provider_of={address: resource.provider for address, resource in _all(base, head)},
        configured={address: frozenset(resource.body) for address, resource in head.resources.items()},
        owners={},
    )


def _all(base: Stack | None, head: Stack) -> Iterator[tuple[str, Resource]]:
    yield from (base.resources if base else {}).items()
    yield from head.resources.items()


def _providers(stack: Stack) -> dict[str, Provider]:
    found = {}
    for name, block in stack.providers.items():
        region = block.get("region")
        lax = block.get("skip_credentials_validation") is True
        found[name] = Provider(region=region if isinstance(region, str) else None, emulated=lax)
    return found


def _changes(base: Stack | None, head: Stack) -> Iterator[Change]:
    old_resources = base.resources if base else {}
    origins = {to: origin for origin, to in head.moved.items() if origin in old_resources and to not in old_resources}
    for address, new in head.resources.items():
        old = old_resources.get(origins.get(address, address))
        after = _resolved(new.body, head)
        if old is None or base is None:
            yield Change(address, new.type, ("create",), None, after, after_unknown=_unknown(after, frozenset()))
            continue
        before = _resolved(old.body, base)
        same = before == after
        unknown = None if same else _unknown(after, frozenset(_strings(before)))
        verb = "no-op" if same else "update"
        origin = origins.get(address)
        yield Change(address, new.type, (verb,), before, after, after_unknown=unknown, previous_address=origin)
    for address, old in old_resources.items():
        if address not in head.resources and base is not None and head.moved.get(address) not in head.resources:
            verb = "forget" if address in head.forgotten else "delete"
            reason = "delete_because_no_resource_config"
            yield Change(address, old.type, (verb,), _resolved(old.body, base), None, reason=reason)


def _resolved(value: Json, stack: Stack) -> Json:
    """The value with references to names replaced by the names, where the stack says them."""
    if isinstance(value, Mapping):
        return {name: _resolved(item, stack) for name, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, stack) for item in value]
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return _named(match, stack) or value if match else value


def _named(match: re.Match[str], stack: Stack) -> str | None:
    resource = stack.resources.get(match[1])
    names = [resource.body.get(name) for name in _NAMES.get(match[2], ())] if resource else []
    return next((name for name in names if isinstance(name, str) and "${" not in name), None)


def _unknown(value: Json, known: frozenset[str]) -> Json:
    """A shadow tree: true where the value is an expression nobody can read and base did not have."""
    if isinstance(value, dict):
        shadows = {name: _unknown(item, known) for name, item in value.items()}
        return {name: shadow for name, shadow in shadows.items() if shadow}
    if isinstance(value, list):
        items = [_unknown(item, known) for item in value]
        return items if any(items) else None
    return True if isinstance(value, str) and value not in known and _EXPRESSION.search(value) else None


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(item)
