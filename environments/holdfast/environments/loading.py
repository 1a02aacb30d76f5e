"""An environment from its files: merged, validated, checked, each value with the file and line it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from holdfast.environments.checks import check
from holdfast.environments.errors import AbstractEnvironment, InvalidEnvironment, Problem
from holdfast.environments.faults import Fault
from holdfast.environments.layers import Layers, read_layers, standing_alone
from holdfast.environments.model import Environment
from holdfast.environments.problems import from_validation
from holdfast.environments.provenance import nearest, sources
from holdfast.errors import Source


@dataclass(frozen=True)
class Loaded:
    """An environment and where each of its values was written.

    Attributes:
        provenance: dotted path (see `holdfast.environments.provenance`) to file and line; a path that is not there is
            the default.
        files: the environment's own file first, then what it extends.
    """

    environment: Environment
    provenance: dict[str, Source]
    files: tuple[Path, ...]

    def source(self, path: str) -> Source:
        """Where the value at a dotted path, or the closest thing around it, was written."""
        return nearest(path, self.provenance, Source(self.files[0]))

    def problem(self, fault: Fault) -> Problem:
        """What a check found, with the file and line it speaks of."""
        return Problem(fault.path, fault.problem, fault.value, fault.allowed, fault.hint, self.source(fault.path))


def load_environment(name: str, folder: Path) -> Loaded:
    """Read `<folder>/<name>.yaml` and all it extends.

    Nothing here depends on today's date: an exclusion that has run out is a finding of `holdfast env validate` and
    never keeps anybody from restoring.

    Raises:
        BadEnvironmentName: the name is no name (a path, say).
        UnknownEnvironment, NoEnvironments: there is no such file, or no folder.
        AbstractEnvironment: the file is only there to be extended.
        EnvironmentFileError: a file cannot be read or says something that is not allowed; names file and line.
    """
    layers = read_layers(name, folder)
    if layers.abstract:
        raise AbstractEnvironment(environment=name, allowed=", ".join(standing_alone(folder)) or "none")
    return build(layers)


def build(layers: Layers) -> Loaded:
    """Validate and check what the files say.

    Raises:
        InvalidEnvironment: values that are not allowed, all of them.
    """
    problems = misnamed(layers)
    try:
        environment = Environment.model_validate(layers.merged.plain())
    except ValidationError as error:
        problems += from_validation(error, layers.merged)
        raise InvalidEnvironment(in_order(problems, layers.files)) from None
    loaded = Loaded(environment, sources(layers.merged), layers.files)
    problems += [loaded.problem(each) for each in check(environment)]
    if problems:
        raise InvalidEnvironment(in_order(problems, layers.files))
    return loaded


def in_order(problems: list[Problem], files: tuple[Path, ...]) -> list[Problem]:
    """The problems as one meets them when reading: the environment's own file first, each from top to bottom."""
    return sorted(problems, key=lambda each: (files.index(each.source.path), each.source.line or 0))


def misnamed(layers: Layers) -> list[Problem]:
    """The problem of a file whose `environment` is not its own name."""
    written = layers.merged.mapping.get("environment")
    if written is None or written.content is None or written.content == layers.name:
        return []
    hint = "an environment is named after its file; rename one of the two"
    value = repr(written.plain())
    return [Problem("environment", "is not the name of its file", value, layers.name, hint, written.source)]
