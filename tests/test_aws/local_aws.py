"""A local AWS for tests: ministack in a process of its own, on loopback, with buckets as Holdfast declares them."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from holdfast.aws.endpoints import Endpoints
from holdfast.aws.sessions import Sessions
from holdfast.environments.model import Environment

ACCOUNT = "000000000000"
PRIMARY, RECOVERY = "us-east-1", "us-west-2"
START_SECONDS = 180


class LocalAws:
    """The running emulator. IAM is not enforced: these tests are about S3."""

    def __init__(self, folder: Path) -> None:
        for _ in range(3):
            self.port = _free_port()
            self.url = f"http://127.0.0.1:{self.port}"
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                env=_variables(self.port, folder),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=folder,
            )
            if self._answers():
                return
            self.stop()
        raise RuntimeError("ministack did not start")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(default=self.url, access_key=ACCOUNT, secret_key="test")

    def sessions(self, environment: Environment) -> Sessions:
        return Sessions(environment, self.endpoints)

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError):
                opener.open(f"{self.url}/_ministack/health", timeout=2).close()
                return True
            time.sleep(0.1)
        return False


def make_environment(**changes) -> Environment:
    """An environment of its own, so that tests that share an emulator share no bucket."""
    document = {
        "environment": "sandbox",
        "organization": f"t{secrets.token_hex(6)}",
        "sandbox": True,
        "accounts": {"workload": ACCOUNT, "backup": ACCOUNT},
        "regions": {"primary": PRIMARY, "recovery": RECOVERY},
        "lock": {"minimum": "1d", "maximum": "30d"},
        "tiers": {
            "demo": {
                "rules": [
                    {"name": "daily", "schedule": "rate(1 day)", "delete_after": "2d", "copy": {"delete_after": "3d"}},
                    {"name": "weekly", "schedule": "rate(7 days)", "delete_after": "14d"},
                ]
            }
        },
        "datasets": [
            {"name": "project", "kind": "files", "tier": "demo"},
            {"name": "exports", "kind": "s3", "tier": "demo", "tenants": {"by": "prefix"}},
        ],
    }
    return Environment.model_validate(document | changes)


def make_buckets(sessions: Sessions) -> None:
    """What `holdfast apply` makes, as far as backup sets need it: a locked bucket and a key alias in each Region."""
    for region in (PRIMARY, RECOVERY):
        where = {} if region == PRIMARY else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        bucket = sessions.names.bucket_in(region)
        sessions.client("s3", region).create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True, **where)


def _variables(port: int, folder: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return inherited | {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "LOG_LEVEL": "WARNING",
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
        "TMPDIR": str(folder),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
