"""Where a path leads once links are followed, with one answer on every Python to a link that leads to itself."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def followed(path: Path) -> Path:
    """The absolute path without links; what it names need not exist.

    `Path.resolve` is RuntimeError before Python 3.13 for a link that leads to itself, and that very link from then on.

    Raises:
        OSError: it leads to itself, goes through what is no folder, or may not be looked at.
    """
    try:
        end = path.resolve()
        if stat.S_ISLNK(end.lstat().st_mode):
            raise _loop(path)
    except FileNotFoundError:
        return end
    except RuntimeError:
        raise _loop(path) from None
    return end


def _loop(path: Path) -> OSError:
    return OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
