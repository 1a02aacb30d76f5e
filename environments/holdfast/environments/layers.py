"""The files an environment is made of: the chain of `extends`, and what they say once merged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from holdfast.environments.errors import (
    BadEnvironmentName,
    ExtendsCycle,
    InvalidEnvironment,
    MisnamedEnvironmentFile,
    NoEnvironments,
    Problem,
    UnknownEnvironment,
    UnknownParent,
)
from holdfast.environments.merging import merge
from holdfast.environments.reading import read_file
from holdfast.environments.written import Written
from holdfast.errors import HoldfastError, Source

_NAME = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")


@dataclass(frozen=True)
class Layers:
    """The files of one environment, its own first, and their merged content."""

    name: str
    files: tuple[Path, ...]
    merged: Written
    extends: str | None
    abstract: bool


def is_name(name: str) -> bool:
    """Whether an environment, and so its file, could have this name."""
    return _NAME.fullmatch(name) is not None


def environment_names(folder: Path) -> tuple[str, ...]:
    """The names of all environment files in the folder, sorted.

    Raises:
        NoEnvironments: the folder is missing or holds none.
    """
    found = tuple(sorted(path.stem for path in folder.glob("*.yaml") if is_name(path.stem)))
    if not found:
        raise NoEnvironments(folder=folder)
    return found


def misnamed_files(folder: Path) -> tuple[MisnamedEnvironmentFile, ...]:
    """An error for each YAML file of the folder that no name leads to, such as `Prod.yaml` or `prod.yml`."""
    allowed = "2 to 40 of a-z, 0-9 and -, beginning with a letter, and .yaml"
    found = sorted(path for path in folder.glob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    return tuple(
        MisnamedEnvironmentFile(source=Source(path), value=path.name, allowed=allowed)
        for path in found
        if path.suffix == ".yml" or not is_name(path.stem)
    )


def standing_alone(folder: Path) -> tuple[str, ...]:
    """The names of the environments that are not only there to be extended; files that cannot be read are left out."""
    return tuple(name for name in environment_names(folder) if _stands_alone(folder / f"{name}.yaml"))


def read_layers(name: str, folder: Path) -> Layers:
    """Read `<folder>/<name>.yaml` and all it extends.

    Raises:
        BadEnvironmentName, UnknownEnvironment, NoEnvironments: there is no such file. A name is never used as a path
            before it is known to be the name of a file in the folder.
        UnknownParent, ExtendsCycle: `extends` leads nowhere or in a circle.
        EnvironmentFileError: one of the files cannot be read or merged.
    """
    if not is_name(name):
        raise BadEnvironmentName(environment=name)
    there = environment_names(folder)
    if name not in there:
        raise UnknownEnvironment(environment=name, folder=folder, allowed=", ".join(there))
    chain = _chain(name, folder, there)
    merged = chain[-1]
    for child in reversed(chain[:-1]):
        merged = merge(merged, child)
    own = chain[0]
    extends, abstract = own.mapping.get("extends"), own.mapping.get("abstract")
    return Layers(
        name=name,
        files=tuple(each.source.path for each in chain),
        merged=_settings(merged),
        extends=str(extends.content) if extends and extends.content is not None else None,
        abstract=_flag(abstract) if abstract else False,
    )


def _chain(name: str, folder: Path, there: tuple[str, ...]) -> list[Written]:
    chain, seen = [read_file(folder / f"{name}.yaml")], [name]
    while (extends := chain[-1].mapping.get("extends")) and extends.content is not None:
        parent = extends.content
        if parent in seen:
            circle = " → ".join([*seen, str(parent)])
            raise ExtendsCycle(source=extends.source, value=parent, chain=circle)
        if parent not in there:
            got = parent if isinstance(parent, str) else extends.plain()
            raise UnknownParent(
                source=extends.source, value=got, allowed=", ".join(each for each in there if each != name)
            )
        seen.append(str(parent))
        chain.append(read_file(folder / f"{parent}.yaml"))
    return chain


def _settings(merged: Written) -> Written:
    left = {key: value for key, value in merged.mapping.items() if key not in ("extends", "abstract")}
    return Written(left, merged.source)


def _flag(abstract: Written) -> bool:
    if abstract.content is None or isinstance(abstract.content, bool):
        return bool(abstract.content)
    value = repr(abstract.plain())
    raise InvalidEnvironment(
        [
            Problem(
                "abstract", "is not true or false", value, "true or false", "write it without quotes", abstract.source
            )
        ]
    )


def _stands_alone(path: Path) -> bool:
    try:
        abstract = read_file(path).mapping.get("abstract")
    except HoldfastError:
        return False
    return abstract is None or abstract.content is not True
