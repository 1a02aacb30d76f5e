"""The process that ends the servers when the service is gone, however that came about.

    python -m holdfast.sandbox.rds_service.keeper FOLDER OWNER

Its input is a pipe whose other end only the service has: the end of the input is the end of the service.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from holdfast.sandbox.rds_service.engine.ground import Ground, end_all


def keep(ground: Ground) -> subprocess.Popen[bytes]:
    """Start the keeper of a run's servers; it ends by itself."""
    return subprocess.Popen(
        [sys.executable, "-m", __spec__.name, str(ground.folder), ground.owner],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def main(folder: str, owner: str) -> None:
    """Wait for the end of the service."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_all(Path(folder), owner)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
