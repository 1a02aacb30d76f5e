"""Damaged plans: `python tests/test_review/workshop/fuzz.py [ROUNDS] [SEED]` damages real plans and reviews them.

Whatever the damage, there is one of two results: an error of Holdfast, or a review that renders in every format. A
damage that turns a plan with findings into a clean one is counted, and a sample is printed for a reader to judge.
"""

from __future__ import annotations

import copy
import json
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdfast.errors import HoldfastError
from holdfast.review.load import parse_plan
from holdfast.review.render import FORMATS, render
from holdfast.review.review import review

CORPUS = Path(__file__).parent.parent / "corpus"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LEAVES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**400, 1e308, "", "x", "Enabled", "\ud800", "\n::error::x", "*" * 50, "a" * 3000,
    [], {}, [None], [[]], {"": None}, {"id": {}}, {"a": {"b": {"c": True}}}, "{\"Statement\": []}", "cron(* * * * * *)",
)  # fmt: skip


def spots(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document: the container and the key."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        keys = container if isinstance(container, dict) else range(len(container))
        found += [(container, key) for key in keys]
        waiting += [container[key] for key in keys if isinstance(container[key], dict | list)]
    return found


def damaged(document: Any, dice: random.Random) -> bytes:
    """The document with up to three places replaced, removed, doubled or nested; some cut, some with a byte changed."""
    result = copy.deepcopy(document)
    for _ in range(dice.randint(1, 3)):
        places = spots(result)
        if not places:
            break
        _damage(*dice.choice(places), dice)
    data = json.dumps(result).encode()
    if dice.random() < 0.1:
        data = data[: dice.randrange(len(data))]
    elif dice.random() < 0.1:
        spot = dice.randrange(len(data))
        data = data[:spot] + bytes([dice.randrange(256)]) + data[spot + 1 :]
    return data


def _damage(target: Any, key: Any, dice: random.Random) -> None:
    match dice.randrange(5):
        case 0:
            target[key] = copy.deepcopy(dice.choice(LEAVES))
        case 1:
            del target[key]
        case 2 if isinstance(target, list):
            target.append(copy.deepcopy(target[key]))
        case 3:
            target[key] = [target[key]]
        case 4:
            nested: Any = target[key]
            for _ in range(dice.choice((2, 50, 250))):
                nested = {"a": nested}
            target[key] = nested
        case _:
            target[key] = True


def documents() -> list[Any]:
    """The whole plans of the corpus, and some with all weakenings of a service."""
    scenarios = json.loads((CORPUS / "scenarios.json").read_text())
    found = list(scenarios.values())
    for path in sorted(CORPUS.glob("*.json")):
        if path.stem != "scenarios":
            entries = list(json.loads(path.read_text()).values())[:12]
            blocks = [entry["configuration"] for entry in entries]
            changes = [entry["change"] for entry in entries]
            found.append(
                {
                    "format_version": "1.2",
                    "planned_values": {},
                    "resource_changes": changes,
                    "resource_drift": changes[:3],
                    "configuration": {"root_module": {"resources": blocks}},
                }
            )
    return found


def outcome(data: bytes) -> str:
    """`error`, or the verdict of a review that renders in every format."""
    try:
        plan = parse_plan(data, name="plan", path=Path("plan.json"))
        result = review([plan], now=NOW)
        for format_ in FORMATS:
            render(result, format_).encode()
    except HoldfastError:
        return "error"
    return result.verdict.value


def main() -> None:
    """Damage, review, count."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    dice = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)  # noqa: S311  # reproducible damage
    plans = documents()
    counts: dict[str, int] = {}
    slowest = 0.0
    for _ in range(rounds):
        data = damaged(dice.choice(plans), dice)
        start = time.perf_counter()
        try:
            result = outcome(data)
        except Exception:
            Path("fuzz-failure.json").write_bytes(data)
            raise
        slowest = max(slowest, time.perf_counter() - start)
        counts[result] = counts.get(result, 0) + 1
    sys.stdout.write(f"{rounds} damaged plans: {counts}; slowest {slowest:.2f} s\n")


if __name__ == "__main__":
    main()
