"""What the demo backs up: a directory of the user's, or by default the files of the project it runs in."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from holdfast.errors import InputError, StorageError


class NoDemoData(InputError):
    """The demo was given no usable directory."""

    template = "nothing to back up in {path}: {problem}"
    hint = "name a directory with files: holdfast demo --data DIR"


class DataNotStaged(StorageError):
    """The project's files could not be copied for the demo."""

    template = "cannot copy {path} for the demo: {problem}"
    hint = "free some disk space, or name a directory: holdfast demo --data DIR"


def refuse_unusable(chosen: Path) -> None:
    """Look at the user's `--data` before minutes are spent on a demo that could not push it.

    Raises:
        NoDemoData: it does not exist, is no directory or holds no file.
    """
    if not chosen.is_dir():
        raise NoDemoData(
            path=chosen, problem="it is not a directory" if chosen.exists() else "there is no such directory"
        )
    if not any(files for _, _, files in os.walk(chosen)):
        raise NoDemoData(path=chosen, problem="it holds no files")


def demo_data(chosen: Path | None, project: Path, staging: Path) -> Path:
    """The directory to push.

    Args:
        chosen: the user's `--data`, pushed as it is, or nothing.
        project: where the demo runs; its tracked files are the default.
        staging: an empty or absent folder for the copy of the project's files, so that what is pushed is neither the
            virtual environment nor the demo's own output.

    Raises:
        NoDemoData: the directory does not exist, is no directory or holds no file.
        DataNotStaged: the project's files could not be copied.
    """
    if chosen is not None:
        refuse_unusable(chosen)
        return chosen
    names = _tracked(project) or _plain(project)
    if not names:
        raise NoDemoData(path=project, problem="it holds no files")
    for name in names:
        source, target = project / name, staging / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
        except FileNotFoundError:
            continue  # tracked, and deleted in the work tree
        except OSError as error:
            raise DataNotStaged(path=source, problem=error.strerror or str(error)) from error
    return staging


def _tracked(project: Path) -> list[str]:
    """The files git tracks below `project`; none where there is no git or no checkout."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=project, capture_output=True, check=False)
    except OSError:
        return []
    return [name for name in listed.stdout.decode(errors="surrogateescape").split("\0") if name]


def _plain(project: Path) -> list[str]:
    """The files of a folder that is no checkout, without hidden ones."""
    return [
        str(path.relative_to(project))
        for path in sorted(project.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(project).parts)
    ]
