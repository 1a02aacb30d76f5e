"""What all tests share: a sandbox, a folder for temporary files of programs they start, a Ctrl-C that reaches those and
leaves no sandbox behind.

The synthesizer's Node process makes a folder for every app that is given none and never removes it. A shell that runs
the tests in the background has them ignore SIGINT, and so every program they start and mean to interrupt.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from holdfast.aws.endpoints import Endpoints

_FOLDER, _INTERRUPTED = pytest.StashKey[str](), pytest.StashKey[bool]()

# A machine that is slow is no finding, and whether a change is good does not depend on what chance tries with it:
# the examples are the same every time. Others are tried with --hypothesis-profile=explore.
_UNHURRIED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("explore", **_UNHURRIED)
settings.register_profile("same-every-time", derandomize=True, database=None, **_UNHURRIED)
settings.load_profile("same-every-time")


def pytest_configure(config: pytest.Config) -> None:
    """Give subprocesses a temporary folder of this run; pytest's own (`tmp_path`) stay where they are."""
    if hasattr(config, "workerinput"):
        return  # a worker inherits its controller's
    signal.signal(signal.SIGINT, signal.default_int_handler)
    tempfile.tempdir = tempfile.gettempdir()
    config.stash[_FOLDER] = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="holdfast-tests-")
    # workers live long; each arena of each keeps what a thread once held
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember that workers were ended in the middle of a test, before they could take their sandboxes down."""
    session.config.stash[_INTERRUPTED] = exitstatus == pytest.ExitCode.INTERRUPTED


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it with everything in it; stop the sandboxes nobody is left to stop."""
    if config.stash.get(_INTERRUPTED, False) and not hasattr(config, "workerinput"):
        _stop_sandboxes(config._tmp_path_factory.getbasetemp())  # type: ignore[attr-defined]
    if (folder := config.stash.get(_FOLDER, None)) is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("TMPDIR", None)


def _stop_sandboxes(below: Path) -> None:
    from holdfast.sandbox import lifecycle
    from holdfast.sandbox.record import record_file

    name = record_file(below).relative_to(below)
    for record in below.rglob(str(name)):
        lifecycle.stop(record.parents[len(name.parts) - 1])


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """A sandbox that enforces IAM, one for each xdist worker; tests make environments of their own in it."""
    from holdfast.sandbox import lifecycle

    home = tmp_path_factory.mktemp("sandbox")
    yield lifecycle.start(home)
    lifecycle.stop(home)
