"""Plans for reviews: out of the corpus of real ones, or put together from one real change."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from holdfast.review.load import parse_plan
from holdfast.review.plan import Plan
from holdfast.review.review import Review, review

sys.path.insert(0, str(Path(__file__).parent))


CORPUS = Path(__file__).parent / "corpus"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Json = dict[str, Any]


def document_of(*entries: Json, **more: Any) -> Json:
    """A plan document of corpus entries (`{"change": …, "configuration": …}`)."""
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {},
        "resource_changes": [copy.deepcopy(entry["change"]) for entry in entries],
        "configuration": {"root_module": {"resources": [entry["configuration"] for entry in entries]}},
        **more,
    }


@pytest.fixture
def now() -> datetime:
    """The moment every review in these tests is made."""
    return NOW


@pytest.fixture(scope="session")
def corpus() -> Json:
    """Every case of the corpus by `<rule>__<set>`."""
    found: Json = {}
    for path in sorted(CORPUS.glob("*.json")):
        if path.stem != "scenarios":
            found |= json.loads(path.read_text())
    return found


@pytest.fixture(scope="session")
def scenarios() -> Json:
    """Every whole plan of the corpus by `<name>__<set>`."""
    found: Json = json.loads((CORPUS / "scenarios.json").read_text())
    return found


@pytest.fixture
def plan_of() -> Callable[..., Plan]:
    """Make a plan of corpus entries, or of one document."""

    def make(*entries: Json, name: str = "primary", **more: Any) -> Plan:
        whole = len(entries) == 1 and "format_version" in entries[0]
        document = {**entries[0], **more} if whole else document_of(*entries, **more)
        return parse_plan(json.dumps(document).encode(), name=name, path=Path(f"plans/{name}.json"))

    return make


@pytest.fixture
def reviewed(plan_of: Callable[..., Plan]) -> Callable[..., Review]:
    """Review corpus entries, or one document, as one plan."""

    def make(*entries: Json, **more: Any) -> Review:
        return review([plan_of(*entries, **more)], now=NOW)

    return make


@pytest.fixture
def edited() -> Callable[..., Json]:
    """A corpus entry whose `after` (or another tree) differs in dotted paths; the action becomes an update."""

    def make(entry: Json, *, tree: str = "after", action: str = "update", **edits: Any) -> Json:
        result = copy.deepcopy(entry)
        change = result["change"]["change"]
        change["actions"] = [action]
        for path, value in edits.items():
            target = change.setdefault(tree, {})
            *way, last = [int(part) if part.isdigit() else part for part in path.split("__")]
            for part in way:
                target = target.setdefault(part, {}) if isinstance(target, dict) else target[part]
            target[last] = value
        return result

    return make


@pytest.fixture
def safe(corpus: Json) -> Callable[[str], Json]:
    """The safe state of a type, as a change that does nothing."""

    def make(type_: str) -> Json:
        entry = next(
            e
            for e in corpus.values()
            if e["change"]["type"] == type_ and isinstance(e["change"]["change"].get("before"), dict)
        )
        result = copy.deepcopy(entry)
        change = result["change"]["change"]
        change.update(actions=["no-op"], after=copy.deepcopy(change["before"]), after_unknown={})
        return result

    return make
