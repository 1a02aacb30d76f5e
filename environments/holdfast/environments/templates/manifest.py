"""`template.yaml`: what a template asks and what it writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from holdfast.environments.errors import UnreadableEnvironmentFile
from holdfast.environments.fields import Flag, Strict
from holdfast.environments.reading import read_file
from holdfast.environments.templates.errors import AnswerNotAllowed, TemplateNotUsable
from holdfast.environments.templates.question import Answer, AnswerType, Question, as_written
from holdfast.environments.written import Written
from holdfast.errors import Source

FILE = "template.yaml"

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_TARGET_PART = r"(?!\.\.?(?:/|$))(?:[A-Za-z0-9._-]|\{name\})+"

InnerPath = Annotated[str, Field(pattern=rf"^{_PART}(/{_PART})*$", description="Path inside the template's folder")]


class TemplateFile(Strict):
    """A file the template writes; rendered when the source ends in `.j2`, else copied as it is."""

    source: InnerPath = Field(description="Path inside the template's folder")
    target: str = Field(description="Path below the root of the repository; {name} is the environment's name")
    when: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Written only when each question named has one of these answers"
    )

    def applies(self, answers: dict[str, Answer]) -> bool:
        """Whether the file is written for these answers."""
        return all(as_written(answers[question]) in accepted for question, accepted in self.when.items())


class Manifest(Strict):
    """What `template.yaml` says."""

    abstract: Flag = Field(default=False, description="Only there to be extended")
    version: int = Field(ge=1, strict=True, description="Counted up with every change")
    description: str = Field(min_length=1, description="What the template is for, in a line")
    extends: str | None = Field(default=None, description="Name of the template whose questions and files it adds to")
    environment: InnerPath | None = Field(default=None, description="Source of the environment file")
    questions: tuple[Question, ...] = Field(default=(), description="What is asked")
    files: tuple[TemplateFile, ...] = Field(default=(), description="What is written besides the environment file")


def read_manifest(name: str, folder: Path) -> Manifest:
    """Read and check `<folder>/template.yaml`.

    Raises:
        TemplateNotUsable: it cannot be read or says something that is not allowed; names file and line.
    """
    try:
        root = read_file(folder / FILE)
    except UnreadableEnvironmentFile as error:
        problem = error.template.format(**error.values)
        raise TemplateNotUsable(source=error.source, name=name, problem=problem) from None
    try:
        manifest = Manifest.model_validate(root.plain())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise TemplateNotUsable(
            source=_source(first["loc"], root), name=name, problem=f"{where}: {first['msg']}"
        ) from None
    for problem in _problems(manifest):
        raise TemplateNotUsable(source=Source(folder / FILE), name=name, problem=problem)
    return manifest


def _problems(manifest: Manifest) -> list[str]:
    below = re.compile(rf"{_TARGET_PART}(?:/{_TARGET_PART})*")
    targets = [each.target for each in manifest.files]
    problems = [f"{each!r} is no path below the root of a repository" for each in targets if not below.fullmatch(each)]
    for question in manifest.questions:
        try:
            problems += _question_problems(question)
        except re.error as error:
            problems.append(f"the pattern of {question.name} is no regular expression: {error}")
    return problems


def _question_problems(question: Question) -> list[str]:
    if (question.type is AnswerType.CHOICE) != bool(question.allowed):
        return [f"{question.name}: `allowed` belongs to type choice, which needs it"]
    if question.pattern is not None and question.type is not AnswerType.TEXT:
        return [f"{question.name}: `pattern` belongs to type text"]
    try:
        question.parse(question.default)
    except AnswerNotAllowed as error:
        return [f"the default of {error.message}"]
    return []


def _source(location: tuple[int | str, ...], root: Written) -> Source:
    value = root
    for part in location:
        if isinstance(part, int) and part < len(value.items):
            value = value.items[part]
        else:
            value = value.mapping.get(str(part), value)
    return value.source
