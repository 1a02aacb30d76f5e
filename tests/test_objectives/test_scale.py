"""A thousand datasets with ten rules each are proved, every one; how fast is told by the benchmark of that name."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from holdfast.objectives.proving import prove

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "prove_scale.py"


@pytest.fixture(scope="module")
def scale():
    spec = importlib.util.spec_from_file_location("prove_scale", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("tiers", [1, 20])
def test_a_thousand_datasets_with_ten_rules_each(scale, tiers):
    declared = scale.declaration(tiers)

    report = prove(declared)

    assert len(declared.datasets) == 1000
    assert {len(tier.rules) for tier in declared.tiers.values()} == {10}
    assert len([proof for proof in report.proofs if proof.id.startswith("rpo.")]) == 4000
