"""A thousand datasets with ten rules each are proved in less than two seconds."""

from __future__ import annotations

import importlib.util
import time
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

    began = time.process_time()  # of this process alone: others may be busy
    report = prove(declared)
    took = time.process_time() - began

    assert len(declared.datasets) == 1000
    assert {len(tier.rules) for tier in declared.tiers.values()} == {10}
    assert len([proof for proof in report.proofs if proof.id.startswith("rpo.")]) == 4000
    assert took < 2
