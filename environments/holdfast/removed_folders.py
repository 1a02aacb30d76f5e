"""Folders somebody owns by a marker in them, removed to their end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_RETRIES = 10
"""A thread of an interrupted run may still add or rename a file while its folder is being removed."""


def remove_marked(folder: Path, marker: str, remove: Callable[[Path], None]) -> None:
    """Remove a folder and what is in it; the marker goes last, so that a killed removal can be swept.

    Args:
        folder: the folder; none is there is as good as removed.
        marker: name of the file in it that says whose it is.
        remove: removes a file or tree.

    Raises:
        OSError: something in it cannot be removed, or comes back again and again.
    """
    for is_last in (*([False] * _RETRIES), True):
        try:
            for child in folder.iterdir():
                if child.name != marker:
                    remove(child)
            (folder / marker).unlink(missing_ok=True)
            folder.rmdir()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not folder.exists():
                return
            if is_last:
                raise
        else:
            return
