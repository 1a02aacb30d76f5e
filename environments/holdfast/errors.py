"""The one error tree: every failure a user can cause or meet is a `HoldfastError`.

A class carries its message template, its hint and its exit code, so that a message is written once and a script can
rely on the code. Packages define their own errors beside the code that raises them, below one of the families here.

Exit codes: 0 done and good; 1 the command could not be carried out; 2 a finding, a refuted proof, a failed drill or
evidence that does not verify; 3 inconclusive or partial; 130 and 143 interrupted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar


@dataclass(frozen=True)
class Source:
    """Where a value was written: the file, and its 1-based line where that is known."""

    path: Path
    line: int | None = None

    def __str__(self) -> str:
        return str(self.path) if self.line is None else f"{self.path}:{self.line}"


class HoldfastError(Exception):
    """Base of all errors a user may see.

    Args:
        source: the file and line at fault; printed in front of the message.
        hint: what to do about it; replaces the hint of the class.
        **values: what the template names. They stay available as `error.values`.
    """

    exit_code: ClassVar[int] = 1
    template: ClassVar[str] = "{message}"
    hint: str = ""

    def __init__(self, *, source: Source | None = None, hint: str | None = None, **values: Any) -> None:
        self.source = source
        self.values = values
        if hint is not None:
            self.hint = hint
        elif self.hint:
            self.hint = self.hint.format(**values)
        text = self.template.format(**values)
        self.message = f"{source}: {text}" if source else text
        super().__init__(self.message)

    @classmethod
    def code(cls) -> str:
        """The stable name scripts match on: the class name in kebab case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    def document(self) -> dict[str, Any]:
        """The error as the one document `--json` prints."""
        return {
            "schema": "holdfast.error/1",
            "error": self.code(),
            "message": self.message,
            "hint": self.hint or None,
            "file": str(self.source.path) if self.source else None,
            "line": self.source.line if self.source else None,
            "exit_code": self.exit_code,
        }


class InputError(HoldfastError):
    """Something the user wrote or passed is not usable."""


class EnvironmentFileError(InputError):
    """An environment file says something that is not allowed."""

    template = "{field}: {problem} (got {value!r}; allowed: {allowed})"


class ConstructError(InputError):
    """A construct was given a value outside a limit of the service it declares."""

    template = "{construct}: {field} is {value!r}; allowed: {allowed}"
    hint = "see {reference}"


class ToolError(HoldfastError):
    """A program or library this command needs is missing or failed."""


class ServiceError(HoldfastError):
    """A service (AWS or an emulator) refused or did not answer."""


class StorageError(HoldfastError):
    """A local file or folder cannot be read or written."""


class FindingError(HoldfastError):
    """The command ran and found something at or over its threshold."""

    exit_code = 2


class InconclusiveError(HoldfastError):
    """The command ran and cannot say: nothing was tested, or the input was partial."""

    exit_code = 3


class Interrupted(HoldfastError):
    """The user or the system asked the command to stop (SIGINT: 130)."""

    exit_code = 130
    template = "interrupted during {during}"


class Terminated(Interrupted):
    """The system asked the command to stop (SIGTERM: 143)."""

    exit_code = 143
    template = "terminated during {during}"
