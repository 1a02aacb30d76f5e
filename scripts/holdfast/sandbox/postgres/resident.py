"""Barman kept loaded beside a source server: see `resident_barman`, the program at the other end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from holdfast.postgres.errors import BarmanFailed

_PROGRAM = "barman-cloud-wal-archive"
_MODULE = "holdfast.sandbox.postgres.resident_barman"


class ResidentBarman:
    """Runs `barman-cloud-wal-archive` many times, loaded once; its program is started when it is first needed.

    Args:
        environment: the AWS settings Barman uses; nothing else named `AWS_…` reaches it.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PG"))}
        self._environment = {**kept, **environment}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self.close()

    def archive(self, arguments: Sequence[str]) -> None:
        """Run it once, to its end.

        Raises:
            BarmanFailed: it did not succeed, with the end of what it said. The next run gets a program anew if need be.
        """
        process = self._started()
        try:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # both are pipes
            process.stdin.write(json.dumps(list(arguments)) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
        except (OSError, ValueError) as error:
            self.close()
            raise BarmanFailed(program=_PROGRAM, problem=f"its process ended ({error})") from error
        if answer["code"]:
            said = [line for line in str(answer["said"]).strip().splitlines() if line.strip()]
            raise BarmanFailed(program=_PROGRAM, problem="; ".join(said[-3:]) or f"exit code {answer['code']}")

    def close(self) -> None:
        """End the program; nothing happens when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still to be written to a program that is gone
        process.kill()
        process.wait()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", _MODULE],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process
