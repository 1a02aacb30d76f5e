"""What can go wrong while stacks are synthesized."""

from __future__ import annotations

from holdfast.errors import ConstructError, StorageError


class CannotWriteStacks(StorageError):
    """The folder for the synthesized stacks cannot be made or written."""

    template = "cannot write the stacks to {path}: {reason}"
    hint = "name another folder with --out, or another home with HOLDFAST_HOME"


class RefusedTree(ConstructError):
    """A validation or an aspect refuses part of the construct tree."""

    template = "{problems}"
    hint = "each line begins with the path of a construct; nothing was synthesized"
