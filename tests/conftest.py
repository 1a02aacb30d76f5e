"""What all tests share: a sandbox, a folder for temporary files of programs they start, a Ctrl-C that reaches those.

The synthesizer's Node process makes a folder for every app that is given none and never removes it. A shell that runs
the tests in the background has them ignore SIGINT, and so every program they start and mean to interrupt.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from holdfast.aws.endpoints import Endpoints

_FOLDER = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Give subprocesses a temporary folder of this run; pytest's own (`tmp_path`) stay where they are."""
    if hasattr(config, "workerinput"):
        return  # a worker inherits its controller's
    signal.signal(signal.SIGINT, signal.default_int_handler)
    tempfile.tempdir = tempfile.gettempdir()
    config.stash[_FOLDER] = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="holdfast-tests-")
    os.environ.setdefault(
        "MALLOC_ARENA_MAX", "2"
    )  # workers live long; each arena of each keeps what a thread once held


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it with everything in it."""
    if (folder := config.stash.get(_FOLDER, None)) is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("TMPDIR", None)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """A sandbox that enforces IAM, one for each xdist worker; tests make environments of their own in it."""
    from holdfast.sandbox import lifecycle

    home = tmp_path_factory.mktemp("sandbox")
    yield lifecycle.start(home)
    lifecycle.stop(home)
