"""What is said of the kinds is said of every one: in the list, the page, the README and the schemas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holdfast.drills.kinds import KINDS, describe
from holdfast.drills.page import drills_page
from holdfast.drills.permissions import PERMISSIONS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_described_wherever_kinds_are(kind):
    row = describe(kind)
    assert row["proves"].endswith(".")
    assert row["works_on"]
    assert kind.name in PERMISSIONS
    for text in (drills_page(), (ROOT / "README.md").read_text(encoding="utf-8")):
        assert f"| `{kind.name}` |" in text
    schema = json.loads((ROOT / "docs/schemas/drill-run.schema.json").read_text())
    assert kind.name in schema["properties"]["kind"]["enum"]


def test_no_kind_is_described_that_does_not_exist():
    schema = json.loads((ROOT / "docs/schemas/drill-run.schema.json").read_text())
    assert set(schema["properties"]["kind"]["enum"]) == set(KINDS)
    assert PERMISSIONS.keys() == KINDS.keys()
