"""How long the demo takes, step by step, warm: synthesis and Terraform's provider cache as a second run finds them.

Usage: python benchmarks/demo_time.py [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run the demo once to warm up, then measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        outcomes = [demo(home) for _ in range(runs + 1)][1:]
    for step in outcomes[0]["steps"]:
        same = [each["seconds"] for outcome in outcomes for each in outcome["steps"] if each["title"] == step["title"]]
        print(f"{statistics.median(same):7.1f} s  {step['title']}")
    whole = [outcome["duration_seconds"] for outcome in outcomes]
    print(f"{statistics.median(whole):7.1f} s  in all (median of {runs}; {min(whole):.1f} to {max(whole):.1f})")


def demo(home: str) -> dict[str, object]:
    """One demo's outcome."""
    ran = subprocess.run(
        [HOLDFAST, "demo", "--json"],
        cwd=ROOT,
        env={**os.environ, "HOLDFAST_HOME": home},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    outcome: dict[str, object] = json.loads(ran.stdout)
    return outcome


if __name__ == "__main__":
    main()
