"""Barman's `barman-cloud-wal-archive`, loaded once and run for many segments, one after the other.

    python -m holdfast.sandbox.postgres.resident_barman

Loading it and its AWS library takes longer than most uploads. This program reads one line of JSON for each run, the
arguments; answers with one, the exit code and the last lines of what was said; and runs each in a child of its own,
which begins with everything loaded. It ends when its input does.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import IO

_TAIL = 2000


def main() -> None:
    """Serve until the input ends."""
    import botocore.httpsession  # noqa: F401  # what a child would otherwise load for itself
    from barman import cloud_providers  # type: ignore[import-untyped]  # noqa: F401  # Barman ships no types
    from barman.clients import cloud_walarchive  # type: ignore[import-untyped]
    from barman.cloud_providers import aws_s3  # type: ignore[import-untyped]  # noqa: F401

    for line in sys.stdin:
        with tempfile.TemporaryFile() as said:
            child = os.fork()
            if child == 0:
                _run(cloud_walarchive.main, json.loads(line), said)
            _, status = os.waitpid(child, 0)
            said.seek(0)
            words = said.read()[-_TAIL:].decode(errors="replace")
        answer = {"code": os.waitstatus_to_exitcode(status), "said": words}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _run(program: object, arguments: list[str], said: IO[bytes]) -> None:
    """In the child: run the program as its own command would, and never come back."""
    code = 1
    try:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        program(arguments)  # type: ignore[operator]
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # noqa: BLE001  # the child ends here, whatever it was
        os.write(2, str(error).encode(errors="replace"))
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
