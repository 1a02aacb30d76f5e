"""Synthesized stacks (`cdk.tf.json`) as far as a review needs them: guards no plan shows, and construct paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.review.errors import StacksUnreadable
from holdfast.review.finding import Json
from holdfast.review.strict_json import NotStrictJson, decode

_FILE = "cdk.tf.json"
_META = frozenset({"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"})
"""What a resource block holds besides the arguments of its type."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the configuration declares it."""

    address: str
    type: str
    lifecycle: Mapping[str, Json]
    construct: str | None
    provider: str = ""
    body: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Stack:
    """One synthesized stack; `moved` names the new address of what a `moved` block moves."""

    name: str
    path: Path
    resources: Mapping[str, Resource]
    backend: Mapping[str, Json] = field(default_factory=dict)
    providers: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    required: Mapping[str, Json] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)


def load_stacks(folder: Path) -> dict[str, Stack]:
    """The stacks below a folder: `stacks/<name>/cdk.tf.json`, `<name>/cdk.tf.json`, or the folder of one stack.

    Raises:
        StacksUnreadable: there is no stack, or one cannot be read.
    """
    try:
        for pattern in (f"stacks/*/{_FILE}", f"*/{_FILE}", _FILE):
            files = sorted(folder.glob(pattern))
            if files:
                return {path.parent.resolve().name: _stack(path) for path in files}
    except OSError as error:
        raise StacksUnreadable(path=folder, problem=error.strerror or str(error)) from None
    raise StacksUnreadable(path=folder, problem="there is no synthesized stack in it")


def _stack(path: Path) -> Stack:
    try:
        document = decode(path.read_bytes())
    except NotStrictJson as error:
        raise StacksUnreadable(path=path, problem=error.problem) from None
    if not isinstance(document, dict):
        raise StacksUnreadable(path=path, problem="it is not an object")
    terraform = _object(document.get("terraform"))
    return Stack(
        name=path.parent.resolve().name,
        path=path,
        resources=_resources(document),
        backend=_object(terraform.get("backend")),
        providers=_providers(_object(document.get("provider"))),
        required=_object(terraform.get("required_providers")),
        forgotten=frozenset(_forgotten(document.get("removed"))),
        moved={str(b.get("from")): str(b.get("to")) for b in map(_object, _listed(document.get("moved")))},
    )


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _resources(document: dict[str, Json]) -> dict[str, Resource]:
    found = {}
    for type_, named in _object(document.get("resource")).items():
        for name, body in _object(named).items():
            lifecycle = next((_object(item) for item in _listed(_object(body).get("lifecycle"))), {})
            construct = _object(_object(_object(body).get("//")).get("metadata")).get("path")
            address = f"{type_}.{name}"
            found[address] = Resource(
                address,
                type_,
                lifecycle,
                construct if isinstance(construct, str) else None,
                provider=str(_object(body).get("provider") or type_.partition("_")[0]),
                body={argument: value for argument, value in _object(body).items() if argument not in _META},
            )
    return found


def _providers(document: dict[str, Json]) -> dict[str, dict[str, Json]]:
    found = {}
    for name, blocks in document.items():
        for block in _listed(blocks):
            alias = _object(block).get("alias")
            found[f"{name}.{alias}" if alias else name] = _object(block)
    return found


def _forgotten(blocks: Json) -> list[str]:
    found = []
    for block in _listed(blocks):
        lifecycle = next((_object(item) for item in _listed(_object(block).get("lifecycle"))), {})
        if lifecycle.get("destroy") is False:
            found.append(str(_object(block).get("from")))
    return found
