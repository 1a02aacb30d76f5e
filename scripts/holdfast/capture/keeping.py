"""From a capture to a backup set: made in a folder for the owner only, pushed, and taken away again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.aws.sessions import Sessions
from holdfast.backupsets.push import push
from holdfast.backupsets.pushed import PushedSet
from holdfast.capture.collecting import Captured, capture
from holdfast.capture.errors import (
    CaptureNotWritten,
    NoConfigurationDataset,
    NotAConfigurationDataset,
    WhichConfigurationDataset,
)
from holdfast.capture.sources import Sources
from holdfast.environments.model import Dataset, DatasetKind, Environment
from holdfast.new_folders import new_folder


@dataclass(frozen=True)
class Kept:
    """A capture and the backup set it went into."""

    captured: Captured
    pushed: PushedSet

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**self.captured.document(), "partial": self.captured.partial, "set": self.pushed.document()}


def configuration_dataset(environment: Environment, name: str | None = None) -> Dataset:
    """The dataset captured configuration goes into.

    Raises:
        NoConfigurationDataset, NotAConfigurationDataset, WhichConfigurationDataset: it cannot be told which.
    """
    fitting = [each for each in environment.datasets if each.kind is DatasetKind.CONFIGURATION]
    if not fitting:
        raise NoConfigurationDataset(environment=environment.environment)
    allowed = ", ".join(each.name for each in fitting)
    if name is None:
        if len(fitting) > 1:
            raise WhichConfigurationDataset(environment=environment.environment, allowed=allowed)
        return fitting[0]
    found = next((each for each in fitting if each.name == name), None)
    if found is None:
        other = environment.dataset(name)
        because = f"is of kind {other.kind}" if other else f"is not declared in {environment.environment}"
        raise NotAConfigurationDataset(dataset=name, because=because, allowed=allowed)
    return found


def capture_and_push(
    sessions: Sessions,
    sources: Sources,
    *,
    home: Path,
    dataset: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Kept:
    """Capture an environment and push it as a backup set of its configuration dataset, locked in both Regions.

    Args:
        sessions: AWS.
        sources: where the rest lies.
        home: Holdfast's folder; the capture lies below it until it is pushed.
        dataset: which dataset, where there are several.
        say: told what is being done.

    Raises:
        InputError: there is no dataset for it, or it cannot be told which.
        ServiceError, StorageError: nothing is committed then.
    """
    environment = sessions.environment
    declared = configuration_dataset(environment, dataset)
    place = home / environment.environment
    with ExitStack() as leaving:
        try:
            leaving.enter_context(new_folder(place, mode=0o700))
            folder = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="capture-", dir=place)))
        except OSError as error:
            raise CaptureNotWritten(path=place, problem=error.strerror or error) from error
        captured = capture(sessions, sources, folder, say=say)
        say("push")
        return Kept(captured, push(environment, sessions, declared.name, folder, clock=sessions.clock))
