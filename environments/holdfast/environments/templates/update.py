"""What a newer template, or another answer, would change in an environment that is there."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from holdfast.environments.templates.answers import Ask, answer_all
from holdfast.environments.templates.catalogue import find_template
from holdfast.environments.templates.create import Rendering, render_environment
from holdfast.environments.templates.errors import RecordNotUsable
from holdfast.environments.templates.place import Place
from holdfast.environments.templates.record import Record, digest, read_record
from holdfast.environments.templates.writing import write_over
from holdfast.errors import Source

_NO_NEWLINE = "\n\\ No newline at end of file\n"


class FileState(StrEnum):
    """How a file on disk and the template's rendering of it stand to each other."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    YOURS = "yours"
    BOTH = "both"
    OBSOLETE = "obsolete"


WORDS = {
    FileState.SAME: "as the template has it",
    FileState.NEW: "not there",
    FileState.CHANGED: "changed by the template",
    FileState.YOURS: "changed by you; the template has nothing new for it",
    FileState.BOTH: "changed by you and by the template",
    FileState.OBSOLETE: "no longer part of the template; remove it when nothing needs it",
}
"""What each state means to whoever reads the diff."""


@dataclass(frozen=True)
class FileUpdate:
    """One file.

    Attributes:
        path: below the root.
        diff: unified, from what is on disk to what the template makes; empty when they are the same.
        text: what the template makes; nothing when it makes no such file.
    """

    path: str
    state: FileState
    diff: str
    text: str | None

    def document(self) -> dict[str, Any]:
        """The file as plain JSON values."""
        return {"path": self.path, "state": self.state.value, "diff": self.diff}


@dataclass(frozen=True)
class Update:
    """What an update would do, and the record it would leave."""

    before: Record
    rendering: Rendering
    files: tuple[FileUpdate, ...]
    place: Place

    def writable(self, *, overwrite: bool) -> tuple[FileUpdate, ...]:
        """What may be written: never what somebody changed by hand, unless `overwrite`."""
        ours = {FileState.NEW, FileState.CHANGED} | ({FileState.YOURS, FileState.BOTH} if overwrite else set())
        return tuple(each for each in self.files if each.state in ours)


def plan_update(
    name: str, environments: Path, given: Mapping[str, str], now: datetime, *, ask: Ask | None = None
) -> Update:
    """Render an environment again with its recorded answers and compare; nothing is written.

    Args:
        name: of the environment.
        environments: the folder of environment files.
        given: answers that replace recorded ones, as written.
        now: the moment proofs are made for.
        ask: asks what the template did not ask before; by default the default is taken.

    Raises:
        NotFromATemplate, RecordNotUsable: there is no record, or it cannot be used.
        UnknownTemplate and all that `answer_all` and `render_environment` raise.
    """
    record = read_record(name, environments)
    place = Place.of(environments, environments.joinpath(record.root))
    template = find_template(record.template, environments)
    answers = answer_all(template, given, recorded=record.answers, ask=ask)
    rendering = render_environment(name, template, answers, place, now)
    files = [_compare(path, text, record, place) for path, text in rendering.files.items()]
    gone = [path for path in record.files if path not in rendering.files and (place.root / path).exists()]
    files += [FileUpdate(path, FileState.OBSOLETE, "", None) for path in gone]
    return Update(record, rendering, tuple(files), place)


def apply_update(update: Update, *, overwrite: bool = False) -> tuple[FileUpdate, ...]:
    """Write what may be written, with the new record, all at once; returns what was written.

    Args:
        update: what `plan_update` found.
        overwrite: write what was changed by hand as well.

    Raises:
        CannotWriteEnvironment: a file cannot be written; all are as they were.
    """
    written = update.writable(overwrite=overwrite)
    files = {update.place.root / each.path: each.text for each in written if each.text is not None}
    path = update.place.root / update.place.record_file(update.before.environment)
    write_over(files | {path: _record(update, written).text()})
    return written


def _record(update: Update, written: tuple[FileUpdate, ...]) -> Record:
    """The new record; what was not written is still remembered as it was, so that the next update sees the same."""
    new, old = update.rendering.record, update.before.files
    settled = {each.path for each in written} | {each.path for each in update.files if each.state is FileState.SAME}
    kept = {each.path: old[each.path] for each in update.files if each.path not in settled and each.path in old}
    files = {path: value for path, value in new.files.items() if path in settled} | kept
    return new.model_copy(update={"files": files})


def _compare(path: str, text: str, record: Record, place: Place) -> FileUpdate:
    there = _read(place.root / path)
    if there is None:
        return FileUpdate(path, FileState.NEW, _diff(path, "", text), text)
    return FileUpdate(path, _state(there, text, record.files.get(path)), _diff(path, there, text), text)


def _state(there: str, text: str, recorded: str | None) -> FileState:
    if there == text:
        return FileState.SAME
    if digest(there) == recorded:
        return FileState.CHANGED
    return FileState.YOURS if digest(text) == recorded else FileState.BOTH


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordNotUsable(source=Source(path), problem=error.strerror or str(error)) from None


def _diff(path: str, there: str, text: str) -> str:
    lines = difflib.unified_diff(
        there.splitlines(keepends=True), text.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in lines)
