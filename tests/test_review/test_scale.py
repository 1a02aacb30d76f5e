"""Large plans: memory that grows with the resources and no faster, and a file as large as they come."""

from __future__ import annotations

import importlib.util
import json
import sys
import tracemalloc
from pathlib import Path

import pytest

from holdfast.review.errors import PlanNotJson
from holdfast.review.load import load_plan, parse_plan
from holdfast.review.review import review

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "review_scale.py"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def big_plan():
    spec = importlib.util.spec_from_file_location("review_scale", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.big_plan


def test_a_resource_costs_as_much_in_a_plan_five_times_as_large(big_plan, now):
    costs = []
    for resources in (600, 3_000):
        data = json.dumps(big_plan(resources)).encode()
        tracemalloc.start()
        plan = parse_plan(data, name="big", path=Path("big.json"))
        result = review([plan], now=now)
        held, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(plan.changes) == resources
        assert result.findings
        costs.append((held / resources, most / resources))

    (few_held, few_most), (many_held, many_most) = costs
    assert many_held < 1.1 * few_held
    assert many_most < 1.1 * few_most


def test_five_times_the_resources_take_five_times_the_work(big_plan, now):
    calls = []
    for resources in (600, 3_000):
        plan = parse_plan(json.dumps(big_plan(resources)).encode(), name="big", path=Path("big.json"))
        counted = 0

        def count(_frame, event, _argument):
            nonlocal counted
            counted += event == "call"

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            review([plan], now=now)
        finally:
            sys.setprofile(before)
        calls.append(counted / resources)

    few, many = calls
    assert (
        many < 2 * few
    )  # a name things share is looked up among the first 32; work by pairs would be five times as much


def write(path, *, end=b"}}"):
    with path.open("wb") as file:
        file.write(b'{"format_version":"1.2","resource_changes":[],"prior_state":{"values":"')
        for _ in range(200):
            file.write(b"x" * MIB)
        file.write(b'"' + end)


def test_200_megabytes_are_read(tmp_path, now):
    write(tmp_path / "plan.json")
    plan = load_plan(tmp_path / "plan.json")

    assert plan.changes == ()
    assert review([plan], now=now).findings == ()


def test_200_megabytes_cut_off_at_the_end_are_one_error(tmp_path):
    write(tmp_path / "plan.json", end=b"}")

    with pytest.raises(PlanNotJson, match="Expecting"):
        load_plan(tmp_path / "plan.json")
