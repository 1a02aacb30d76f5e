"""Damaged plans give one clear error or a review that renders; never a traceback."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("review_fuzz", Path(__file__).parent / "workshop" / "fuzz.py")
fuzz = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fuzz)


@pytest.fixture(scope="module")
def plans():
    return fuzz.documents()


@pytest.mark.parametrize("seed", range(8))
def test_damaged_plans_are_an_error_or_a_review(seed, plans):
    dice = random.Random(seed)  # noqa: S311  # reproducible damage
    outcomes = [fuzz.outcome(fuzz.damaged(dice.choice(plans), dice)) for _ in range(60)]

    assert set(outcomes) <= {"error", "clean", "findings", "partial"}
    assert outcomes.count("error") > 5
    assert outcomes.count("findings") > 5


def test_a_value_nested_to_the_limit_of_the_parser_is_an_error_or_a_review(plans):
    for depth in (300, 600, 900, 950, 980, 990):
        plan = json.dumps({**plans[0], "resource_changes": []})
        nested = '{"a":' * depth + "1" + "}" * depth
        change = {"address": "aws_s3_bucket_policy.p", "type": "aws_s3_bucket_policy", "name": "p", "mode": "managed"}
        entry = json.dumps({**change, "change": {"actions": ["update"], "before": {}, "after": {"policy": 0}}})
        data = plan.replace(
            '"resource_changes": []', f'"resource_changes": [{entry}]'.replace('"policy": 0', f'"policy": {nested}')
        )

        assert fuzz.outcome(data.encode()) in ("error", "partial", "findings")
