"""Leave out of a synthesized stack what the sandbox cannot serve, and name every resource left out."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from holdfast.sandbox.omissions import OMISSIONS, Cause, Omission

Configuration = dict[str, Any]


@dataclass(frozen=True)
class Omitted:
    """One declared resource that was left out.

    Args:
        address: Terraform's address.
        type: its resource type.
        construct_path: where it is declared; empty when unknown.
        reason: why, in one sentence.
    """

    address: str
    type: str
    construct_path: str
    reason: str


def without_omitted(configuration: Configuration, *, slow: bool = False) -> tuple[Configuration, list[Omitted]]:
    """Leave out resources by the table, and what cannot exist without them.

    A resource that only waits for one left out (`depends_on`) stays, and waits no longer; one that reads an attribute
    of it goes too, and so on. Outputs that read one go as well. The argument is not changed.

    Args:
        configuration: a stack, as in its cdk.tf.json.
        slow: leave in what is left out only because it takes long.

    Returns:
        The smaller configuration, and what is declared and not exercised, by address.
    """
    trimmed = copy.deepcopy(configuration)
    table = {each.type: each for each in OMISSIONS if not (slow and each.cause is Cause.SLOW)}
    omitted = {each.address: each for each in _listed(trimmed, table)}
    while followers := list(_followers(trimmed, set(omitted))):
        omitted |= {each.address: each for each in followers}
    for address in omitted:
        kind, label = address.split(".")
        del trimmed["resource"][kind][label]
    _tidy(trimmed, set(omitted))
    return trimmed, sorted(omitted.values(), key=lambda each: each.address)


def _resources(configuration: Configuration) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind, labels in configuration.get("resource", {}).items():
        for label, body in labels.items():
            yield kind, label, body


def _listed(configuration: Configuration, table: dict[str, Omission]) -> Iterator[Omitted]:
    for kind, label, body in _resources(configuration):
        if kind in table:
            yield Omitted(f"{kind}.{label}", kind, _construct_path(body), table[kind].reason)


def _followers(configuration: Configuration, gone: set[str]) -> Iterator[Omitted]:
    for kind, label, body in _resources(configuration):
        address = f"{kind}.{label}"
        if address in gone:
            continue
        missed = sorted(_read_by({name: value for name, value in body.items() if name != "depends_on"}) & gone)
        if missed:
            yield Omitted(address, kind, _construct_path(body), f"it reads {missed[0]}, which is left out")


def _read_by(value: object) -> set[str]:
    """Addresses of the resources whose attributes a value reads."""
    if isinstance(value, dict):
        return set().union(*(_read_by(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(_read_by(each) for each in value))
    if not isinstance(value, str):
        return set()
    return {
        f"{kind}.{label}"
        for expression in re.findall(r"\$\{(.*?)\}", value, re.DOTALL)
        for kind, label in re.findall(r"(?<![\w.-])(aws_\w+)\.([\w-]+)", expression)
    }


def _tidy(configuration: Configuration, gone: set[str]) -> None:
    """Drop what still points at something that is gone, and tables left empty."""
    for _, _, body in _resources(configuration):
        if "depends_on" in body:
            body["depends_on"] = [each for each in body["depends_on"] if each not in gone]
            if not body["depends_on"]:
                del body["depends_on"]
    outputs = configuration.get("output", {})
    for name in [name for name, body in outputs.items() if _read_by(body) & gone]:
        del outputs[name]
    if "resource" in configuration:
        configuration["resource"] = {kind: labels for kind, labels in configuration["resource"].items() if labels}


def _construct_path(body: dict[str, Any]) -> str:
    return str(body.get("//", {}).get("metadata", {}).get("path", ""))
