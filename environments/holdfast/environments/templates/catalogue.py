"""The templates there are: those that come with Holdfast, and a team's own beside its environment files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from holdfast.environments.faults import did_you_mean
from holdfast.environments.templates.errors import TemplateNotUsable, UnknownTemplate
from holdfast.environments.templates.manifest import FILE, Manifest, TemplateFile, read_manifest
from holdfast.environments.templates.question import Question
from holdfast.errors import Source

SHIPPED = Path(__file__).parent / "shipped"
OWN = "templates"
"""Folder beside the environment files in which a team keeps templates of its own; they go before those shipped."""

NEEDED = ("organization", "workload_account", "backup_account", "recovery_region", "primary_region", "drills")
"""Questions every template asks, because the pipelines and the bootstrap need the answers; `common` asks them all."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")


@dataclass(frozen=True)
class Template:
    """A template with all it extends.

    Attributes:
        questions: what is asked, those of the extended template first.
        environment: source of the environment file.
        files: what else is written, each with the folder its source is in.
        digest: `sha256:…` over every file of the template and of the one it extends.
    """

    name: str
    version: int
    description: str
    folder: Path
    questions: tuple[Question, ...]
    environment: Path
    files: tuple[tuple[Path, TemplateFile], ...]
    digest: str

    def question(self, name: str) -> Question | None:
        """The question of that name, or nothing."""
        return next((each for each in self.questions if each.name == name), None)


def list_templates(environments: Path) -> list[Template]:
    """Every template that can be used, by name.

    Raises:
        TemplateNotUsable: one of them is damaged.
    """
    found = [(name, folder, read_manifest(name, folder)) for name, folder in sorted(_folders(environments).items())]
    return [_resolve(name, folder, manifest, environments) for name, folder, manifest in found if not manifest.abstract]


def find_template(name: str, environments: Path) -> Template:
    """The template of that name.

    Args:
        name: of the template.
        environments: the folder of environment files, in whose `templates` folder a team's own are.

    Raises:
        UnknownTemplate: there is none, or it is only there to be extended.
        TemplateNotUsable: it is damaged.
    """
    folders = _folders(environments)
    manifest = read_manifest(name, folders[name]) if name in folders else None
    if manifest is None or manifest.abstract:
        allowed = [each.name for each in list_templates(environments)]
        hint = did_you_mean(name, allowed) or None
        raise UnknownTemplate(hint=hint, value=name, allowed=", ".join(allowed))
    return _resolve(name, folders[name], manifest, environments)


def _folders(environments: Path) -> dict[str, Path]:
    folders = {}
    for place in (SHIPPED, environments / OWN):
        for found in sorted(place.glob(f"*/{FILE}")):
            if _NAME.fullmatch(found.parent.name):
                folders[found.parent.name] = found.parent
    return folders


def _resolve(name: str, folder: Path, manifest: Manifest, environments: Path) -> Template:
    questions = {each.name: each for each in manifest.questions}
    files = [(folder, each) for each in manifest.files]
    digests = [_digest(name, folder)]
    if manifest.extends is not None:
        parent_folder, parent = _parent(name, folder, manifest.extends, environments)
        inherited = {each.name: questions.pop(each.name, each) for each in parent.questions}
        questions = inherited | questions
        files = [(parent_folder, each) for each in parent.files] + files
        digests.append(_digest(name, parent_folder))
    for needed in NEEDED:
        if needed not in questions:
            problem = f"it does not ask for {needed!r}; a template that extends common does"
            raise TemplateNotUsable(source=Source(folder / FILE), name=name, problem=problem)
    for path, each in files:
        _inside(name, path, each.source)
        for question in each.when:
            if question not in questions:
                problem = f"{each.target}: `when` names {question!r}, which is not asked"
                raise TemplateNotUsable(source=Source(folder / FILE), name=name, problem=problem)
    if manifest.environment is None:
        problem = "it names no `environment`, the source of the environment file"
        raise TemplateNotUsable(source=Source(folder / FILE), name=name, problem=problem)
    return Template(
        name=name,
        version=manifest.version,
        description=manifest.description,
        folder=folder,
        questions=tuple(questions.values()),
        environment=_inside(name, folder, manifest.environment),
        files=tuple(files),
        digest="sha256:" + hashlib.sha256("".join(digests).encode()).hexdigest(),
    )


def _parent(name: str, folder: Path, extends: str, environments: Path) -> tuple[Path, Manifest]:
    folders = _folders(environments)
    if extends not in folders or folders[extends] == folder:
        problem = f"it extends {extends!r}, which is not there; there are: {', '.join(sorted(folders))}"
        raise TemplateNotUsable(source=Source(folder / FILE), name=name, problem=problem)
    parent = read_manifest(extends, folders[extends])
    if parent.extends is not None:
        problem = f"it extends {extends!r}, which extends another; a template is extended once"
        raise TemplateNotUsable(source=Source(folder / FILE), name=name, problem=problem)
    return folders[extends], parent


def _inside(name: str, folder: Path, source: str) -> Path:
    path = folder / source
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise TemplateNotUsable(source=Source(folder / FILE), name=name, problem=f"there is no {source} in its folder")
    return path


def _digest(name: str, folder: Path) -> str:
    total = hashlib.sha256()
    for path, relative in sorted(_contents(folder)):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise TemplateNotUsable(source=Source(path), name=name, problem=error.strerror or str(error)) from None
        total.update(f"{relative}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _contents(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.relative_to(folder).as_posix()
