"""What every command shares: where environment files are read, where things are written, how it answers."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from holdfast.cli.auditing import audited, is_audited
from holdfast.errors import StorageError

if TYPE_CHECKING:
    from rich.console import Console

    from holdfast.environments.loading import Loaded
    from holdfast.environments.model import Environment

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Settings:
    """The shared options of one call."""

    environments: Path
    home: Path
    as_json: bool

    def load(self, name: str) -> Environment:
        """Read and validate one environment."""
        return self.load_with_sources(name).environment

    def load_with_sources(self, name: str) -> Loaded:
        """Read and validate one environment, and keep where each of its values was written."""
        from holdfast.environments.loading import load_environment

        return load_environment(name, self.environments)

    @property
    def human(self) -> Console:
        """Where people read: stderr, so that stdout stays data."""
        from rich.console import Console

        return Console(stderr=True, highlight=False)

    def print_json(self, schema: str, **document: Any) -> None:
        """Print the one document of this call on stdout, `schema` first."""
        click.echo(json.dumps({"schema": schema, **document}, indent=2, ensure_ascii=False, default=str))


def shared_options(command: F) -> F:
    """Give a command the shared options and pass them as `settings`."""

    @click.option(
        "--environments",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="HOLDFAST_ENVIRONMENTS",
        default=Path("environments"),
        show_default=True,
        help="Folder of the environment files.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
    @click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
    @functools.wraps(command)
    def with_settings(*args: Any, environments: Path, as_json: bool, **kwargs: Any) -> Any:
        settings = Settings(environments, home(), as_json)
        path = click.get_current_context().command_path.partition(" ")[2]
        if not is_audited(path, kwargs):
            return command(*args, settings=settings, **kwargs)
        return audited(path, settings, kwargs, lambda: command(*args, settings=settings, **kwargs))

    return with_settings  # type: ignore[return-value]  # click's decorators keep the call signature


def home() -> Path:
    """Where Holdfast keeps what it writes: `HOLDFAST_HOME`, by default (and when that is empty) `.holdfast` here.

    Raises:
        HomeNotUsable: something else has that name. That there is nothing yet is fine.
    """
    import os

    path = Path(os.environ.get("HOLDFAST_HOME") or ".holdfast").absolute()
    try:
        if path.exists() and not path.is_dir():
            raise HomeNotUsable(path=path, reason="it is no folder")
        path.lstat()
        if not os.access(path, os.X_OK):
            raise HomeNotUsable(path=path, reason="this user may not look into it")
    except FileNotFoundError:
        return path
    except OSError as error:
        raise HomeNotUsable(path=path, reason=error.strerror or error) from None
    return path


class HomeNotUsable(StorageError):
    """Holdfast's folder is none."""

    template = "Holdfast's home {path} cannot be used: {reason}"
    hint = "set HOLDFAST_HOME to a folder of yours, or leave it out: then it is .holdfast in this folder"
