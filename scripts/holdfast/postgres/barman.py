"""Barman's own programs: they write the archive and read base backups from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from holdfast.aws.sessions import Sessions
from holdfast.postgres.errors import BarmanFailed, BarmanNotFound

_TAIL = 3


def found_by_barman(sessions: Sessions, region: str, *, role: str | None = None) -> dict[str, str]:
    """The AWS settings Barman works with for as long as it takes: outside a sandbox those this process has itself.

    It then finds its credentials as boto3 does here, by a profile for one, and renews them. What `Sessions.variables`
    hands out lasts an hour, and a base backup may take longer.

    Args:
        sessions: of the environment.
        region: where the bucket is.
        role: who Barman is in a sandbox; the caller when left out.

    Raises:
        ServiceError: the role cannot be taken on.
    """
    if sessions.endpoints.default is not None or role is not None:
        return sessions.variables(region, role=role)
    own = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    return {**own, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}


def program(name: str) -> str:
    """The path of one of Barman's programs: beside this Python, else on PATH.

    Raises:
        BarmanNotFound: it is in neither place.
    """
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise BarmanNotFound(program=name)
    return found


def barman(name: str, *arguments: str, environment: Mapping[str, str], seconds: float | None = None) -> str:
    """Run one of Barman's programs to its end and return what it printed.

    Args:
        name: such as `barman-cloud-restore`.
        arguments: what it is given.
        environment: the AWS settings it uses; nothing else named `AWS_…` reaches it.
        seconds: how long it may take; as long as it likes when None.

    Raises:
        BarmanNotFound: it is not installed.
        BarmanFailed: it did not succeed, with the end of what it said.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PG"))}
    try:
        done = subprocess.run(
            [program(name), *arguments],
            env={**kept, **environment},
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BarmanFailed(program=name, problem=error) from error
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()][-_TAIL:]
        raise BarmanFailed(program=name, problem="; ".join(said) or f"exit code {done.returncode}")
    return done.stdout
