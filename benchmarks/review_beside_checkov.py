"""`holdfast review` and checkov on the same plans: how long, and what each finds.

    python benchmarks/review_beside_checkov.py

The changes are those of the corpus, made by the real provider: one
resource for each weakening, and one for each near miss. checkov judges the state a plan leads to; so it is asked twice,
about the state before and the state after, and what it says anew of a resource counts as found. It runs from an
environment of its own (scripts/checkov).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "test_review" / "corpus"
REVIEW = "import sys; from holdfast.cli.start import main; sys.exit(main())"
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "BC_API_KEY": ""}


def entries(set_: str) -> dict[str, Any]:
    """The corpus entries of one set by the rule they are about, each at an address of its own."""
    found = {}
    for path in sorted(CORPUS.glob("*.json")):
        if path.stem == "scenarios":
            continue
        for key, entry in json.loads(path.read_text()).items():
            rule, _, of = key.rpartition("__")
            if of == set_:
                change = {**entry["change"], "name": rule, "address": f"{entry['change']['type']}.{rule}"}
                found[rule] = {**entry, "change": change}
    return found


def plan(changes: dict[str, Any], side: str) -> dict[str, Any]:
    """A plan of these changes whose planned values are one side of them."""
    there = [entry["change"] for entry in changes.values() if entry["change"]["change"].get(side)]
    values = [
        {"address": c["address"], "mode": "managed", "type": c["type"], "name": c["name"], "schema_version": 0,
         "provider_name": "registry.terraform.io/hashicorp/aws", "values": c["change"][side], "sensitive_values": {}}
        for c in there
    ]  # fmt: skip
    blocks = [
        {**entry["configuration"], "address": entry["change"]["address"], "mode": "managed",
         "type": entry["change"]["type"], "name": entry["change"]["name"], "provider_config_key": "aws"}
        for entry in changes.values()
    ]  # fmt: skip
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": values}},
        "resource_changes": [entry["change"] for entry in changes.values()],
        "configuration": {"provider_config": {"aws": {"name": "aws"}}, "root_module": {"resources": blocks}},
        "complete": True,
        "errored": False,
    }


def run(command: list[str]) -> tuple[str, float, float]:
    """The output of a command, and the seconds and CPU seconds it took."""
    before, start = os.times(), time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **NO_NETWORK})
    took, after = time.perf_counter() - start, os.times()
    if ran.returncode not in (0, 1, 2):
        sys.exit(f"{command[0]}: {ran.stderr[-400:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return ran.stdout, took, cpu


def checkov(path: Path) -> tuple[set[tuple[str, str]], float, float]:
    """The address and id of every check of checkov that fails."""
    tool = str(ROOT / "scripts" / "checkov")
    text, took, cpu = run([tool, "-f", str(path), "--framework", "terraform_plan", "-o", "json", "--skip-download"])
    document = json.loads(text)
    failed = (document if isinstance(document, dict) else document[0])["results"]["failed_checks"]
    return {(check["resource"], check["check_id"]) for check in failed}, took, cpu


def ours(path: Path) -> tuple[set[str], float, float]:
    """The addresses with a finding that is more than information."""
    text, took, cpu = run([sys.executable, "-c", REVIEW, "review", str(path), "--json"])
    findings = json.loads(text)["findings"]
    return {f["address"] for f in findings if f["severity"] != "info" and f["kind"] != "condition"}, took, cpu


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for set_, what in (("flagged", "weakenings"), ("near", "near misses")):
            changes = entries(set_)
            paths = {side: Path(folder) / f"{set_}-{side}.json" for side in ("before", "after")}
            for side, path in paths.items():
                path.write_text(json.dumps(plan(changes, side)))
            found, took, cpu = ours(paths["after"])
            old, _, _ = checkov(paths["before"])
            new, theirs, their_cpu = checkov(paths["after"])
            anew = Counter(address for address, _ in new - old)
            addresses = {entry["change"]["address"] for entry in changes.values()}
            print(f"{len(changes)} {what}, {paths['after'].stat().st_size / 1e6:.1f} MB of plan JSON")
            print(f"holdfast review: {len(found & addresses)} found, {took:.1f} s ({cpu:.1f} s CPU)")
            print(
                f"checkov: {len(set(anew) & addresses)} found anew ({len(new)} checks fail, {len(old)} did before), "
                f"{theirs:.1f} s ({their_cpu:.1f} s CPU)"
            )
            rules = sorted(address.partition(".")[2] for address in set(anew) & addresses)
            print(f"checkov finds: {', '.join(rules)}")
            only = sorted(address.partition(".")[2] for address in (set(anew) & addresses) - found)
            print(f"only checkov finds: {', '.join(only) or 'none'}")


if __name__ == "__main__":
    main()
