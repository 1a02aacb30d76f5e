"""Reading plan JSON: strict where a mistake would hide a change, indifferent to keys it does not know.

The shape is Terraform's `internal/command/jsonplan` (format 1.x). `variables`, `planned_values` and `prior_state` hold
secrets in plain text; they are dropped here, before anything else sees the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from holdfast.errors import Source
from holdfast.review.configuration import configured_blocks, providers
from holdfast.review.errors import PlanFormatUnsupported, PlanMalformed, PlanNotFound, PlanNotJson, PlanTooDeep
from holdfast.review.finding import Json
from holdfast.review.memory import collector_paused
from holdfast.review.plan import Change, Check, Invocation, Plan
from holdfast.review.strict_json import NotStrictJson, decode


def load_plans(paths: Sequence[Path]) -> list[Plan]:
    """Read plan files; each plan is named after its file, or by its path where two files share a name."""
    stems = [path.stem for path in paths]
    names = [stem if stems.count(stem) == 1 else path.as_posix() for stem, path in zip(stems, paths, strict=True)]
    return [load_plan(path, name) for path, name in zip(paths, names, strict=True)]


def load_plan(path: Path, name: str | None = None) -> Plan:
    """Read one plan file.

    Raises:
        PlanNotFound: the file cannot be opened.
        PlanNotJson, PlanTooDeep, PlanFormatUnsupported, PlanMalformed: it is not a plan this review understands.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PlanNotFound(path=path, reason=error.strerror or str(error)) from None
    return parse_plan(data, name=name or path.stem, path=path)


def parse_plan(data: bytes, *, name: str, path: Path) -> Plan:
    """Parse plan JSON held in memory; `path` is only named in errors."""
    source = Source(path)
    try:
        with collector_paused():
            document = _decode(data, source)
            _check_format(document, source)
            return _plan(document, name, path)
    except _Shape as shape:
        raise PlanMalformed(where=shape.where, problem=shape.problem, source=source) from None
    except RecursionError:
        raise PlanTooDeep(source=source) from None


class _Shape(Exception):  # never leaves this module
    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where)
        self.where, self.problem = where, problem


def _decode(data: bytes, source: Source) -> dict[str, Json]:
    if data.startswith(b"PK\x03\x04"):
        raise PlanNotJson(problem="it is Terraform's binary plan file", source=source)
    try:
        document = decode(data)
    except NotStrictJson as error:
        if error.too_deep:
            raise PlanTooDeep(source=source) from None
        raise PlanNotJson(problem=error.problem, source=Source(source.path, error.line)) from None
    if not isinstance(document, dict):
        raise PlanNotJson(problem=f"the document is a {_kind(document)}, not an object", source=source)
    return document


def _check_format(document: dict[str, Json], source: Source) -> None:
    version = document.get("format_version")
    if version is None and "encrypted_data" in document:
        raise PlanNotJson(problem="it is a plan file or state OpenTofu encrypted", source=source)
    if version is None:
        raise PlanMalformed(where="format_version", problem="it is missing, so this is no plan", source=source)
    if not isinstance(version, str) or version.split(".")[0] != "1":
        raise PlanFormatUnsupported(version=repr(version)[:40], source=source)
    if "planned_values" not in document and "resource_changes" not in document:
        what = "a state" if "values" in document else "something else"
        problem = f"neither resource_changes nor planned_values is there: this is {what}, not a plan"
        raise PlanMalformed(where="document", problem=problem, source=source)
    if "resource_changes" not in document and _lists_resources(document.get("planned_values")):
        problem = "it is missing although planned_values lists resources"
        raise PlanMalformed(where="resource_changes", problem=problem, source=source)


def _lists_resources(values: Json) -> bool:
    root = values.get("root_module") if isinstance(values, dict) else None
    return isinstance(root, dict) and bool(root.get("resources") or root.get("child_modules"))


def _plan(document: dict[str, Json], name: str, path: Path) -> Plan:
    configuration = _typed(document, "configuration", dict, "document") or {}
    try:
        blocks = configured_blocks(configuration.get("root_module"))
    except RecursionError:
        raise PlanTooDeep(source=Source(path)) from None
    deferred = [
        _typed(_object(item, f"deferred_changes[{i}]"), "resource_change", dict, f"deferred_changes[{i}]") or {}
        for i, item in enumerate(_list(document, "deferred_changes"))
    ]
    return Plan(
        name=name,
        path=path,
        terraform_version=str(document.get("terraform_version") or "unknown")[:40],
        changes=_changes(_list(document, "resource_changes"), "resource_changes", strict=True),
        drift=_changes(_list(document, "resource_drift"), "resource_drift", strict=True),
        deferred=_changes([item for item in deferred if item], "deferred_changes", strict=False),
        deferred_count=len(deferred) + len(_list(document, "deferred_action_invocations")),
        checks=tuple(_check(item, f"checks[{i}]") for i, item in enumerate(_list(document, "checks"))),
        invocations=tuple(_invocations(_list(document, "action_invocations"))),
        errored=_typed(document, "errored", bool, "document") or False,
        complete=_typed(document, "complete", bool, "document"),
        providers=providers(configuration.get("provider_config")),
        provider_of={block.address: block.provider for block in blocks},
        configured={block.address: block.arguments for block in blocks},
        owners={block.address: block.owner for block in blocks if block.owner},
    )


_NO_OBJECTS = ("data", "ephemeral")
"""Modes of what is read, or opened and closed, while Terraform or OpenTofu runs: nothing is there afterwards."""


def _changes(items: list[Json], where: str, *, strict: bool) -> tuple[Change, ...]:
    result = []
    for index, item in enumerate(items):
        place = f"{where}[{index}]"
        if _object(item, place).get("mode") not in _NO_OBJECTS:
            result.append(_change(item, place, strict=strict))
    return tuple(result)


def _change(item: dict[str, Json], place: str, *, strict: bool) -> Change:
    change = _required(item, "change", dict, place)
    actions = _required(change, "actions", list, f"{place}.change")
    if not actions or not all(isinstance(action, str) for action in actions):
        raise _Shape(f"{place}.change.actions", "it is not a list of words")
    before = _typed(change, "before", dict, f"{place}.change")
    after = _typed(change, "after", dict, f"{place}.change")
    if strict:
        if before is None and not {"create"} >= set(actions):
            raise _Shape(f"{place}.change.before", f"it is missing for {'/'.join(actions)[:40]!r}")
        if after is None and {"create", "update", "no-op"} & set(actions):
            raise _Shape(f"{place}.change.after", f"it is missing for {'/'.join(actions)[:40]!r}")
    if actions == ["no-op"] and before == after:
        after = before  # one object in memory instead of two
    return Change(
        address=_required(item, "address", str, place),
        type=_required(item, "type", str, place),
        actions=tuple(actions),
        reason=_typed(item, "action_reason", str, place) or "",
        previous_address=_typed(item, "previous_address", str, place),
        deposed=_typed(item, "deposed", str, place),
        importing=bool(change.get("importing")),
        before=before,
        after=after,
        after_unknown=change.get("after_unknown"),
        before_sensitive=change.get("before_sensitive"),
        after_sensitive=change.get("after_sensitive"),
    )


def _check(item: Json, place: str) -> Check:
    address = _typed(_object(item, place), "address", dict, place) or {}
    return Check(address=str(address.get("to_display") or "a check"), status=_required(item, "status", str, place))


def _invocations(items: list[Json]) -> list[Invocation]:
    result = []
    for index, item in enumerate(items):
        trigger = _object(item, f"action_invocations[{index}]").get("lifecycle_action_trigger")
        target = trigger.get("triggering_resource_address") if isinstance(trigger, dict) else None
        result.append(Invocation(address=str(item.get("address") or "an action"), triggered_by=str(target or "")))
    return result


def _object(item: Json, place: str) -> dict[str, Json]:
    if not isinstance(item, dict):
        raise _Shape(place, f"it is a {_kind(item)}, not an object")
    return item


def _list(item: dict[str, Json], name: str) -> list[Json]:
    return _typed(item, name, list, "document") or []


def _typed(item: dict[str, Json], name: str, kind: type, place: str) -> Any:
    value = item.get(name)
    if value is not None and not isinstance(value, kind):
        raise _Shape(f"{place}.{name}", f"it is a {_kind(value)}, not a {_NAMES[kind]}")
    return value


def _required(item: dict[str, Json], name: str, kind: type, place: str) -> Any:
    value = _typed(item, name, kind, place)
    if value is None:
        raise _Shape(f"{place}.{name}", "it is missing")
    return value


_NAMES: dict[type, str] = {dict: "object", list: "list", str: "string", bool: "boolean"}


def _kind(value: Json) -> str:
    return _NAMES.get(type(value), "null" if value is None else "number")
