"""A line about each environment of a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from holdfast.environments.layers import Layers, environment_names, misnamed_files, read_layers
from holdfast.environments.loading import build
from holdfast.errors import HoldfastError


@dataclass(frozen=True)
class Summary:
    """What a file says at a glance; `problem` is why it cannot be used."""

    name: str
    extends: str | None = None
    abstract: bool = False
    description: str = ""
    primary: str | None = None
    recovery: str | None = None
    sandbox: bool = False
    datasets: tuple[str, ...] = ()
    problem: str | None = None

    def document(self) -> dict[str, Any]:
        """The line as plain JSON values."""
        return asdict(self)


def list_environments(folder: Path) -> list[Summary]:
    """Every environment of the folder, sorted by name; one that cannot be used is listed with the reason.

    Raises:
        NoEnvironments: the folder is missing or holds none.
    """
    found = [_summary(name, folder) for name in environment_names(folder)]
    return found + [Summary(error.values["value"], problem=error.message) for error in misnamed_files(folder)]


def _summary(name: str, folder: Path) -> Summary:
    try:
        layers = read_layers(name, folder)
        return _abstract(layers) if layers.abstract else _whole(layers)
    except HoldfastError as error:
        return Summary(name, problem=error.message.partition("\n")[0])


def _abstract(layers: Layers) -> Summary:
    said: Mapping[str, Any] = layers.merged.plain()
    return Summary(layers.name, layers.extends, abstract=True, description=str(said.get("description", "")))


def _whole(layers: Layers) -> Summary:
    environment = build(layers).environment
    return Summary(
        name=layers.name,
        extends=layers.extends,
        description=environment.description,
        primary=environment.regions.primary,
        recovery=environment.regions.recovery,
        sandbox=environment.sandbox,
        datasets=tuple(each.name for each in environment.datasets),
    )
