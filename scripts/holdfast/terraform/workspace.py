"""Where Terraform runs for a stack: a copy of the synthesized configuration, changed as this run needs it.

The synthesized files stay as they are: they are what is reviewed and what evidence names by digest.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from holdfast.errors import Source
from holdfast.json_files import read_json
from holdfast.terraform.errors import ConfigurationNotReadable, WorkspaceNotWritable

CONFIGURATION = "cdk.tf.json"
Configuration = dict[str, Any]
Change = Callable[[Configuration], Configuration]
"""Makes a new configuration from one; never changes the one it is given."""


class Synthesized(Protocol):
    """A stack as synthesis wrote it."""

    @property
    def name(self) -> str:
        """Its name, `<env>-<part>`."""

    @property
    def directory(self) -> Path:
        """The folder that holds its cdk.tf.json."""

    @property
    def dependencies(self) -> Sequence[str]:
        """Names of the stacks applied before it."""


@dataclass(frozen=True)
class Workspace:
    """One stack, ready for Terraform.

    Args:
        stack: its name.
        folder: where Terraform runs.
        plan_json: where its plan is kept as JSON.
        variables: environment variables of its own, such as the sandbox's endpoints.
        state: the local state file, or None when the state is in S3.
    """

    stack: str
    folder: Path
    plan_json: Path
    variables: Mapping[str, str] = field(repr=False)
    state: Path | None = None

    @property
    def plan_file(self) -> Path:
        """The saved plan; it can hold secrets, so it is 0600 and removed once applied."""
        return self.folder / "plan.bin"

    def log(self, command: str) -> Path:
        """Where the output of a command goes."""
        return self.folder / f"{command}.log"


def read_configuration(stack: str, directory: Path) -> Configuration:
    """The configuration synthesis wrote for a stack.

    Raises:
        ConfigurationNotReadable: when there is none, or it is not a JSON object.
    """
    path = directory / CONFIGURATION
    try:
        document = read_json(path)
    except (OSError, ValueError) as error:
        raise ConfigurationNotReadable(stack=stack, problem=error, source=Source(path)) from error
    if not isinstance(document, dict):
        raise ConfigurationNotReadable(stack=stack, problem="it is not a JSON object", source=Source(path))
    return document


def prepare(source: Path, folder: Path, configuration: Configuration) -> None:
    """Fill a workspace: the configuration, and the assets beside the synthesized one.

    Raises:
        WorkspaceNotWritable: when it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / CONFIGURATION, json.dumps(configuration, indent=2).encode())
        if (source / "assets").is_dir():
            shutil.copytree(source / "assets", folder / "assets", dirs_exist_ok=True)
    except OSError as error:
        raise WorkspaceNotWritable(path=error.filename or folder, reason=error.strerror or error) from error


def states_folder(home: Path, environment: str, run: str | None) -> Path:
    """Where the local state files of an environment lie, `<stack>.tfstate` each.

    Args:
        home: Holdfast's folder.
        environment: its name.
        run: id of the sandbox's run, whose world ends with it; None for an environment that is no sandbox.
    """
    return home / environment / "state" if run is None else home / "sandbox" / "runs" / run / "state"


def write_private(path: Path, content: bytes) -> None:
    """Write a file in one step, for its owner only, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
