"""The demo's folder: each demo starts from nothing but Terraform's provider cache."""

from __future__ import annotations

import shutil
from pathlib import Path

from holdfast import sandbox
from holdfast.clock import Clock
from holdfast.errors import StorageError


class DemoFolderNotWritable(StorageError):
    """What an earlier demo left cannot be removed."""

    template = "cannot clear {path}: {problem}"
    hint = "remove it yourself, or choose another folder with HOLDFAST_HOME"


def prepared(home: Path, environment: str, clock: Clock) -> None:
    """End what a killed demo left running, and remove what earlier demos wrote.

    Raises:
        DemoFolderNotWritable: a file cannot be removed.
    """
    sandbox.stop(home, clock=clock)
    for name in (environment, "sandbox", "evidence", "scratch", "data"):
        try:
            shutil.rmtree(home / name)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise DemoFolderNotWritable(path=home / name, problem=error.strerror or error) from error


def from_here(path: Path) -> str:
    """A path as one would type it here: relative where it lies below the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
