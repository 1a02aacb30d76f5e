"""Environment files from a folder: the chain of `extends`, merged, validated, each value with its file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from holdfast.environments.errors import (
    AbstractEnvironment,
    BadEnvironmentName,
    ExtendsCycle,
    InvalidEnvironment,
    NoEnvironments,
    UnknownEnvironment,
    UnknownParent,
)
from holdfast.environments.merging import merge
from holdfast.environments.model import Environment
from holdfast.environments.problems import from_validation
from holdfast.environments.provenance import sources
from holdfast.environments.reading import Written, read_file
from holdfast.errors import Source

_NAME = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")


@dataclass(frozen=True)
class Loaded:
    """An environment and where each of its values was written."""

    environment: Environment
    provenance: dict[str, Source]
    files: tuple[Path, ...]


def load_environment(name: str, folder: Path) -> Loaded:
    """Read `<folder>/<name>.yaml` and all it extends.

    Raises:
        BadEnvironmentName: the name is no name (a path, say).
        UnknownEnvironment, NoEnvironments: there is no such file, or no folder.
        AbstractEnvironment: the file is only there to be extended.
        EnvironmentFileError: a file cannot be read or says something that is not allowed; names file and line.
    """
    chain = _chain(name, folder)
    merged = chain[-1]
    for child in reversed(chain[:-1]):
        merged = merge(merged, child)
    values: dict[str, Any] = merged.plain()
    if values.pop("abstract", False) is True:
        raise AbstractEnvironment(environment=name, allowed=", ".join(names(folder)))
    values.pop("extends", None)
    try:
        environment = Environment.model_validate(values)
    except ValidationError as error:
        raise InvalidEnvironment(from_validation(error, merged)) from None
    return Loaded(environment, sources(merged), tuple(each.source.path for each in chain))


def names(folder: Path) -> tuple[str, ...]:
    """The names of all environment files in the folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml") if _NAME.fullmatch(path.stem)))


def _chain(name: str, folder: Path) -> list[Written]:
    if not _NAME.fullmatch(name):
        raise BadEnvironmentName(environment=name)
    there = names(folder)
    if not there:
        raise NoEnvironments(folder=folder)
    if name not in there:
        raise UnknownEnvironment(environment=name, folder=folder, allowed=", ".join(there))
    chain, seen = [read_file(folder / f"{name}.yaml")], [name]
    while (extends := _extends(chain[-1])) is not None:
        parent = str(extends.content)
        if parent in seen:
            raise ExtendsCycle(source=extends.source, value=parent, chain=" → ".join([*seen, parent]))
        if parent not in there:
            raise UnknownParent(source=extends.source, value=parent, allowed=", ".join(there))
        seen.append(parent)
        chain.append(read_file(folder / f"{parent}.yaml"))
    return chain


def _extends(file: Written) -> Written | None:
    return file.content.get("extends") if isinstance(file.content, Mapping) else None
