"""How long a review of many resources takes, and how much memory: `python benchmarks/review_scale.py [RESOURCES…]`.

The plan is built from the changes of real plans in the corpus, with the attributes, `planned_values`, `prior_state`
and `configuration` a real plan repeats, and written to a temporary file; reading, reviewing and rendering are timed,
each size in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdfast.review.load import load_plan
from holdfast.review.memory import collector_paused
from holdfast.review.render import FORMATS, render
from holdfast.review.review import review

CORPUS = Path(__file__).parent.parent / "tests" / "test_review" / "corpus"
CHANGED_EVERY = 50


def big_plan(resources: int) -> dict[str, Any]:
    """A plan of `resources` resources, one in fifty of them changed."""
    entries = [
        entry
        for path in sorted(CORPUS.glob("*.json"))
        if path.stem != "scenarios"
        for entry in json.loads(path.read_text()).values()
        if entry["change"]["change"].get("before")
    ]
    changes, values, blocks = [], [], []
    for number in range(resources):
        entry = entries[number % len(entries)]
        change = json.loads(json.dumps(entry["change"]))
        change["address"] = f"{change['type']}.resource_{number}"
        if number % CHANGED_EVERY:
            change["change"].update(actions=["no-op"], after=change["change"]["before"], after_unknown={})
        changes.append(change)
        item = {"address": change["address"], "type": change["type"], "values": change["change"]["before"]}
        values.append(item)
        blocks.append({**entry["configuration"], "address": change["address"]})
    root = {"root_module": {"resources": values}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": root,
        "resource_changes": changes,
        "prior_state": {"values": root},
        "configuration": {"root_module": {"resources": blocks}},
        "complete": True,
        "errored": False,
    }


def write(path: Path, resources: int) -> None:
    path.write_text(json.dumps(big_plan(resources), separators=(",", ":")))  # as Terraform writes it


def measure(path: Path, resources: int) -> None:
    now = datetime.now(UTC)
    with collector_paused():  # as the command does
        start, start_cpu = time.perf_counter(), time.process_time()
        plan = load_plan(path)
        loaded, loaded_cpu = time.perf_counter(), time.process_time()
        result = review([plan], now=now)
        done, done_cpu = time.perf_counter(), time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{resources} resources, {path.stat().st_size / 1e6:.1f} MB of plan JSON, {len(result.findings)} findings")
    print(f"read {loaded - start:.2f} s, review {done - loaded:.2f} s, together {done - start:.2f} s")
    print(
        f"CPU: read {loaded_cpu - start_cpu:.2f} s, review {done_cpu - loaded_cpu:.2f} s, "
        f"together {done_cpu - start_cpu:.2f} s"
    )
    for name in FORMATS:
        before = time.perf_counter()
        size = len(render(result, name).encode())
        print(f"{name}: {size / 1000:.0f} kB in {time.perf_counter() - before:.2f} s")
    tracemalloc.start()
    kept = load_plan(path)
    held, most = tracemalloc.get_traced_memory()
    print(
        f"{held / resources:.0f} bytes held and {most / resources:.0f} at most per resource while reading; "
        f"peak of the process {peak / 1024:.0f} MiB, {peak * 1024 / resources:.0f} bytes a resource"
    )
    del kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("resources", nargs="*", type=int, default=[10_000, 50_000], help="how many; 10000 and 50000")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.file:
        measure(asked.file, *asked.resources)
        return
    with tempfile.TemporaryDirectory() as folder:
        for resources in asked.resources:
            path = Path(folder) / f"{resources}.json"
            write(path, resources)
            subprocess.run([sys.executable, __file__, "--file", str(path), str(resources)], check=True)


if __name__ == "__main__":
    main()
