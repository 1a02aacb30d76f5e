"""What can be wrong with environment files, each said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from holdfast.errors import EnvironmentFileError, InputError, Source


class UnknownEnvironment(InputError):
    """No file of that name in the folder."""

    template = "there is no environment {environment!r} in {folder}; there are: {allowed}"
    hint = "name one of those, or pass --environments DIR to read another folder"


class BadEnvironmentName(InputError):
    """A name that could reach outside the folder or break a resource name."""

    template = (
        "{environment!r} is not the name of an environment; allowed: 2 to 40 of a-z, 0-9 and -, beginning with a letter"
    )
    hint = "an environment is named after its file: prod for prod.yaml"


class NoEnvironments(InputError):
    """The folder is missing or holds no environment file."""

    template = "there are no environment files in {folder}"
    hint = "pass --environments DIR (or set HOLDFAST_ENVIRONMENTS) to name the folder with files such as prod.yaml"


class AbstractEnvironment(InputError):
    """A file that others extend was named where a whole environment is needed."""

    template = "{environment!r} is only there to be extended (abstract: true); environments that stand alone: {allowed}"
    hint = "name one of those"


class UnreadableEnvironmentFile(EnvironmentFileError):
    """The file is no YAML document that can be read: encoding, syntax, size, depth."""

    template = "{problem} (got {value}; allowed: {allowed})"


class MisnamedEnvironmentFile(EnvironmentFileError):
    """A YAML file that is never read, because no environment could have its name."""

    template = "this file is never read: {value!r} is not the name of an environment file; allowed: {allowed}"
    hint = "rename it, or keep it in another folder"


class ExtendsCycle(EnvironmentFileError):
    """A file extends itself, directly or through others."""

    template = "extends: {value} closes a circle: {chain}; allowed: a chain that ends"
    hint = "remove one `extends` of the circle"


class UnknownParent(EnvironmentFileError):
    """`extends` names a file that is not there."""

    template = "extends: there is no environment {value!r}; allowed: {allowed}"
    hint = "`extends` takes the name of another file in the same folder, without .yaml"


_LISTED = 20


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one value."""

    field: str
    problem: str
    value: str
    allowed: str
    hint: str
    source: Source

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.source}: {self.field}: {self.problem} (got {self.value}; allowed: {self.allowed}{hint})"

    def document(self) -> dict[str, Any]:
        """The problem as plain JSON values."""
        return {
            "field": self.field,
            "problem": self.problem,
            "value": self.value,
            "allowed": self.allowed,
            "hint": self.hint or None,
            "file": str(self.source.path),
            "line": self.source.line,
        }


class InvalidEnvironment(EnvironmentFileError):
    """Values that are not allowed: all of them, the first as the headline."""

    template = "{field}: {problem} (got {value}; allowed: {allowed}){others}"
    hint = "`holdfast env schema` says what a setting may be, docs/environments.md what has to hold between settings"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(
            source=first.source,
            hint=first.hint or None,
            field=first.field,
            problem=first.problem,
            value=first.value,
            allowed=first.allowed,
            others="".join(f"\n  also {each}" for each in self.problems[1:_LISTED])
            + _more(len(self.problems) - _LISTED),
        )

    def document(self) -> dict[str, Any]:
        """The one document `--json` prints, with every problem."""
        return {**super().document(), "problems": [each.document() for each in self.problems]}


def _more(count: int) -> str:
    return f"\n  and {count} more" if count > 0 else ""
