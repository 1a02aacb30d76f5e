"""Several files written as one: all of them, or none."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from holdfast.environments.templates.errors import AlreadyThere, CannotWriteEnvironment


def write_new(files: Mapping[Path, str], *, name: str) -> None:
    """Write files that must not be there yet.

    Each is written beside its place and linked into it, which fails when somebody else was quicker; where there are no
    hard links it is written into its place, which fails alike.

    Args:
        files: absolute path to text.
        name: of the environment, for messages.

    Raises:
        AlreadyThere: at least one is there; none is written.
        CannotWriteEnvironment: one cannot be written; none is.
    """
    there = [path for path in files if os.path.lexists(path)]
    if there:
        raise AlreadyThere(paths=", ".join(str(path) for path in there), name=name)
    with _Transaction() as transaction:
        for path, partial in transaction.stage(files).items():
            try:
                _link(partial, path, transaction)
            except FileExistsError:
                raise AlreadyThere(paths=path, name=name) from None


def write_over(files: Mapping[Path, str]) -> None:
    """Write files that may be there; what they held is put back should one of them fail.

    Raises:
        CannotWriteEnvironment: one cannot be written; all are as they were.
    """
    with _Transaction() as transaction:
        for path, partial in transaction.stage(files).items():
            before = path.read_bytes() if path.exists() else None
            transaction.undo.append((path, before))
            partial.replace(path)


def _link(partial: Path, path: Path, transaction: _Transaction) -> None:
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:
        with path.open("xb") as file:
            transaction.undo.append((path, None))
            file.write(partial.read_bytes())
    else:
        transaction.undo.append((path, None))


class _Transaction:
    """Partial files beside their places, removed in any case, and what to undo if the block fails."""

    def __init__(self) -> None:
        self.undo: list[tuple[Path, bytes | None]] = []
        self._partials: list[Path] = []
        self._folders: list[Path] = []
        self._at: Path | None = None

    def stage(self, files: Mapping[Path, str]) -> dict[Path, Path]:
        staged = {}
        for path, text in files.items():
            self._at = path
            self._make(path.parent)
            partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
            self._partials.append(partial)
            with partial.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            staged[path] = partial
        return staged

    def __enter__(self) -> _Transaction:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            self._take_back()
        for partial in self._partials:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        if error is not None:
            for folder in reversed(self._folders):
                with suppress(OSError):
                    folder.rmdir()
        if isinstance(error, OSError):
            path = error.filename or self._at
            raise CannotWriteEnvironment(path=path, reason=error.strerror or error) from None

    def _take_back(self) -> None:
        for path, before in reversed(self.undo):
            with suppress(OSError):
                if before is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(before)

    def _make(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            self._folders.append(each)
