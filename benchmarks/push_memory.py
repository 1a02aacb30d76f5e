"""How much memory a push and a restore take, for data of different sizes.

Makes data, starts a local AWS, and runs each push and each restore in a process of its own, whose peak resident
memory (`ru_maxrss`) is what the kernel says about it. The promise is that the figures do not grow with the data.

Usage: python benchmarks/push_memory.py [--megabytes 200 2000] [--mixed 200 800] [--files 1000 20000] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "test_aws"))

MIB = 1024 * 1024
BLOCK = 8 * MIB


def make_data(folder: Path, megabytes: int) -> None:
    """Half of it one large file, half of it files of 8 MiB; every block another one."""
    folder.mkdir()
    block, total = bytearray(os.urandom(BLOCK)), megabytes * MIB // BLOCK
    for number in range(total):
        block[:8] = number.to_bytes(8, "big")
        name = "large" if number < total // 2 else f"files/{number:06}"
        (folder / name).parent.mkdir(exist_ok=True)
        with (folder / name).open("ab") as file:
            file.write(block)


def make_mixed(folder: Path, megabytes: int) -> None:
    """As `make_data`, with as many files of 4 KiB among it that files are small on average."""
    make_data(folder, megabytes)
    block = bytearray(os.urandom(4096))
    for number in range(20 * megabytes // 8):
        block[:8] = number.to_bytes(8, "big")
        path = folder / "files" / f"{number // 20:06}-small" / f"{number:08}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(block)


def make_small_files(folder: Path, count: int) -> None:
    """Files of the same few bytes: what grows is the list of entries."""
    for number in range(count):
        path = folder / f"{number // 1000:04}" / f"a-name-of-ordinary-length-{number:08}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d" % (number % 100))


def measured(step: str, *arguments: str) -> dict[str, float]:
    """Run one step in a process of its own and return what it says."""
    done = subprocess.run(
        [sys.executable, __file__, "--step", step, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def run_step(step: str, url: str, organization: str, path: str) -> None:
    """One push or restore; prints its time and peak memory."""
    from local_aws import ACCOUNT, RECOVERY, make_environment

    from holdfast.aws.endpoints import Endpoints
    from holdfast.aws.sessions import Sessions
    from holdfast.backupsets.catalog import catalog
    from holdfast.backupsets.fetch import fetch_many, open_set
    from holdfast.backupsets.push import push

    environment = make_environment(organization=organization)
    sessions = Sessions(environment, Endpoints(default=url, access_key=ACCOUNT, secret_key="benchmark"))  # noqa: S106
    started = time.monotonic()
    if step == "push":
        push(environment, sessions, "project", Path(path), role=None)
    else:
        view = catalog(environment, sessions, role=None)[0]
        started = time.monotonic()
        fetched = fetch_many(open_set(sessions, RECOVERY, view, role=None), Path(path))
        if not fetched.is_complete:
            raise SystemExit(f"not complete: {fetched.document()}")
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": round(seconds, 1), "peak_mib": round(peak, 1)}))


def benchmark(megabytes: list[int], mixed: list[int], files: list[int]) -> list[dict[str, object]]:
    """Every size: a push and a restore."""
    from local_aws import LocalAws, make_buckets, make_environment

    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="push-memory-") as name:
        folder = Path(name)
        for what, size, make in [
            *((f"{each} MiB", each, make_data) for each in megabytes),
            *((f"{each} MiB mixed", each, make_mixed) for each in mixed),
            *((f"{each} files", each, make_small_files) for each in files),
        ]:
            source, target = folder / "source", folder / "restored"
            make(source, size)
            aws = LocalAws(folder)
            try:
                environment = make_environment()
                make_buckets(aws.sessions(environment))
                for step, path in (("push", source), ("restore", target)):
                    figures = measured(step, aws.url, environment.organization, str(path))
                    rows.append({"data": what, "step": step, **figures})
                    print(
                        f"{what:>14}  {step:<8} {figures['peak_mib']:8.1f} MiB {figures['seconds']:8.1f} s",
                        file=sys.stderr,
                    )
            finally:
                aws.stop()
                for each in (source, target):
                    shutil.rmtree(each, ignore_errors=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=int, nargs="*", default=[200, 2000])
    parser.add_argument("--mixed", type=int, nargs="*", default=[], help="MiB, with 5 small files for each 2")
    parser.add_argument("--files", type=int, nargs="*", default=[])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on stdout")
    parser.add_argument("--step", nargs=4, metavar=("STEP", "URL", "ORGANIZATION", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        run_step(*options.step)
        return
    rows = benchmark(options.megabytes, options.mixed, options.files)
    if options.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
