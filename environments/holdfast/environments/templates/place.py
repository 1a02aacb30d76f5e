"""Where a new environment's files go."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from holdfast.environments.templates.errors import OutsideTheRoot

RECORDS = ".templates"


@dataclass(frozen=True)
class Place:
    """The folder of environment files, and the root of the repository it is in.

    Args:
        environments: the folder of environment files.
        root: the top of the repository, where pipelines look for their files.
    """

    environments: Path
    root: Path

    @classmethod
    def of(cls, environments: Path, root: Path | None = None) -> Place:
        """The place of an environments folder; the root is the folder it is in unless another is given.

        Raises:
            OutsideTheRoot: the environments folder is not below the root.
        """
        folder = _plain(environments)
        top = _plain(root) if root else folder.parent
        if not folder.is_relative_to(top) or folder == top:
            raise OutsideTheRoot(folder=folder, root=top)
        return cls(folder, top)

    @property
    def depth(self) -> int:
        """How many folders the environments folder is below the root."""
        return len(self.environments.relative_to(self.root).parts)

    @property
    def relative(self) -> str:
        """The environments folder as seen from the root."""
        return self.environments.relative_to(self.root).as_posix()

    def environment_file(self, name: str) -> str:
        """The environment's own file, as seen from the root."""
        return f"{self.relative}/{name}.yaml"

    def record_file(self, name: str) -> str:
        """The record of how the environment was made, as seen from the root."""
        return f"{self.relative}/{RECORDS}/{name}.json"


def _plain(path: Path) -> Path:
    """Absolute, without `..`, and with symbolic links as they are."""
    return Path(os.path.normpath(path.absolute()))
