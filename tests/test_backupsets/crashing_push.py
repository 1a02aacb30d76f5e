"""Pushes a folder and kills itself, as the power would, just before the n-th PutObject leaves; run by test_crashes.

Usage: crashing_push.py URL ENVIRONMENT-JSON FOLDER PACK-BELOW N
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from holdfast.aws.endpoints import Endpoints
from holdfast.aws.sessions import Sessions
from holdfast.backupsets.push import push
from holdfast.environments.model import Environment


def main() -> None:
    url, document, folder, pack_below, number = sys.argv[1:]
    environment = Environment.model_validate(json.loads(document))
    sessions = Sessions(environment, Endpoints(default=url, access_key="000000000000", secret_key="test"))
    left, lock = int(number), threading.Lock()

    def crash(**_):
        nonlocal left
        with lock:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    for region in (environment.regions.primary, environment.regions.recovery):
        sessions.client("s3", region).meta.events.register("before-send.s3.PutObject", crash)
    push(environment, sessions, "project", Path(folder), role=None, workers=2, pack_below=int(pack_below))


if __name__ == "__main__":
    main()
