"""How an environment was made: template and answers, and what was written, kept in `.templates/<name>.json`."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from holdfast.environments.errors import BadEnvironmentName
from holdfast.environments.fields import Slug, Strict
from holdfast.environments.layers import is_name
from holdfast.environments.templates.catalogue import Template
from holdfast.environments.templates.errors import NotFromATemplate, RecordNotUsable
from holdfast.environments.templates.place import RECORDS
from holdfast.environments.templates.question import Answer, as_written
from holdfast.errors import Source

MAX_BYTES = 256 * 1024

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Record(Strict):
    """How an environment was made.

    Attributes:
        schema_: the format.
        holdfast: the version that wrote it.
        digest: of the template.
        root: the root of the repository, as seen from the environments folder.
        answers: as one would write them after `--set`.
        files: path below the root to digest of what was written there.
    """

    schema_: Literal["holdfast.template-record/1"] = Field(default="holdfast.template-record/1", alias="schema")
    environment: Slug
    template: Slug
    version: int
    digest: Digest
    holdfast: str
    root: str = Field(pattern=r"^\.\.(/\.\.)*$")
    answers: dict[str, str]
    files: dict[str, Digest]

    def text(self) -> str:
        """The record as it is kept."""
        return json.dumps(self.model_dump(by_alias=True), indent=2, ensure_ascii=False) + "\n"


def make_record(name: str, template: Template, answers: dict[str, Answer], files: dict[str, str], depth: int) -> Record:
    """The record of a rendering.

    Args:
        name: of the environment.
        template: it was made from.
        answers: that were given.
        files: path below the root to text.
        depth: how many folders the environments folder is below the root.
    """
    return Record(
        environment=name,
        template=template.name,
        version=template.version,
        digest=template.digest,
        holdfast=version("holdfast"),
        root="/".join([".."] * depth),
        answers={question: as_written(answer) for question, answer in answers.items()},
        files={path: digest(text) for path, text in files.items()},
    )


def read_record(name: str, environments: Path) -> Record:
    """The record of an environment.

    Raises:
        BadEnvironmentName: the name is no name of an environment.
        NotFromATemplate: there is none.
        RecordNotUsable: it cannot be read.
    """
    if not is_name(name):
        raise BadEnvironmentName(environment=name)
    path = environments / RECORDS / f"{name}.json"
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        others = sorted(each.stem for each in path.parent.glob("*.json"))
        raise NotFromATemplate(environment=name, path=path, allowed=", ".join(others) or "none") from None
    except OSError as error:
        raise RecordNotUsable(source=Source(path), problem=error.strerror or str(error)) from None
    if len(content) > MAX_BYTES:
        raise RecordNotUsable(source=Source(path), problem=f"it is larger than {MAX_BYTES} bytes")
    try:
        record = Record.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecordNotUsable(source=Source(path), problem=f"{where}: {first['msg']}".lstrip(": ")) from None
    if record.environment != name:
        raise RecordNotUsable(source=Source(path), problem=f"it speaks of {record.environment!r}")
    return record


def digest(text: str) -> str:
    """`sha256:…` of a file's text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
