"""Folders that are made for something, and go again when it comes to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def new_folder(folder: Path, *, mode: int = 0o755) -> Iterator[None]:
    """Make a folder and those above it for what the block writes; those made here that are empty afterwards go again.

    Args:
        folder: the folder; one that is there is used, and stays.
        mode: of the folder itself, where it is made.

    Raises:
        OSError: it cannot be made.
    """
    missing = []
    for each in (folder, *folder.parents):
        if each.exists():
            break
        missing.append(each)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
        yield
    finally:
        for each in missing:
            with suppress(OSError):  # it could not be made, or somebody put something into it
                each.rmdir()
