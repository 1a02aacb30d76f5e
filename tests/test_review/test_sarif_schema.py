"""SARIF against OASIS's own schema of version 2.1.0, which an npm package brings (`scripts/fetch-judges`)."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from holdfast.review.render import render
from holdfast.review.review import review

PACKAGE = Path(__file__).parents[1] / "sarif" / "node_modules" / "@microsoft" / "jest-sarif"
SCHEMA = PACKAGE / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"

pytestmark = pytest.mark.skipif(not SCHEMA.is_file(), reason="the schema is not installed: scripts/fetch-judges")


@pytest.fixture(scope="module")
def valid():
    return jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_a_review_of_every_weakening_is_valid(valid, corpus, plan_of, now):
    flagged = [entry for key, entry in corpus.items() if key.endswith("__flagged")]
    plans = [plan_of(*flagged, name="prod-primary"), plan_of(flagged[0], name="prod-recovery", complete=False)]
    log = json.loads(render(review(plans, now=now), "sarif"))

    assert len(log["runs"][0]["results"]) >= len(flagged)
    assert [error.message for error in valid.iter_errors(log)] == []


def test_a_review_that_finds_nothing_is_valid(valid, corpus, reviewed):
    log = json.loads(render(reviewed(corpus["kms-key-gone__near"]), "sarif"))

    assert [error.message for error in valid.iter_errors(log)] == []


@pytest.mark.parametrize("damage", ["level", "message", "version", "more"])
def test_the_schema_refuses_what_is_not_sarif(damage, valid, corpus, reviewed):
    log = json.loads(render(reviewed(corpus["kms-rotation-off__flagged"]), "sarif"))
    result = log["runs"][0]["results"][0]
    {
        "level": lambda: result.update(level="severe"),
        "message": lambda: result.pop("message"),
        "version": lambda: log.update(version="2.0.0"),
        "more": lambda: result.update(verdict="bad"),
    }[damage]()

    assert not valid.is_valid(log)
