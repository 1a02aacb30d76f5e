"""How long `holdfast --help` takes, side by side with the least a click program can take.

Runs the two in turn, so that a machine that slows down slows both, and prints the median of each and of the ratios.

Usage: python benchmarks/command_start.py [--runs 15] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

HOLDFAST = [str(Path(sys.executable).with_name("holdfast")), "--help"]
PEER = [sys.executable, "-c", "import click; click.Command('peer').main(['--help'])"]


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    seconds(HOLDFAST), seconds(PEER)
    pairs = [(seconds(HOLDFAST), seconds(PEER)) for _ in range(arguments.runs)]
    figures = {
        "holdfast_seconds": round(statistics.median(own for own, _ in pairs), 3),
        "peer_seconds": round(statistics.median(peer for _, peer in pairs), 3),
        "ratio": round(statistics.median(own / peer for own, peer in pairs), 2),
    }
    if arguments.json:
        print(json.dumps(figures))
        return
    print(f"holdfast --help: {figures['holdfast_seconds']} s; a bare click program: {figures['peer_seconds']} s")
    print(f"ratio, median of {arguments.runs} pairs: {figures['ratio']}")


if __name__ == "__main__":
    main()
