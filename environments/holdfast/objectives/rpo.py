"""Recovery point objectives: for each dataset and scenario the most data that can be lost, against what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from holdfast.objectives.declaration import Dataset
from holdfast.objectives.exposure import Exposure, why_nothing_survives
from holdfast.objectives.proof import Proof, Scenario, Verdict, spell, verdict_under


def prove_rpo(exposure: Exposure) -> Iterator[Proof]:
    """One proof for each dataset and each scenario its tier has an objective for."""
    for dataset in exposure.declaration.datasets:
        for scenario, limit in exposure.declaration.tier_of(dataset).rpo.items():
            yield _prove(dataset, scenario, limit, exposure)


def _prove(dataset: Dataset, scenario: Scenario, limit: timedelta, exposure: Exposure) -> Proof:
    declaration = exposure.declaration
    worst = exposure.worst(dataset, scenario)
    name = f"rpo.{dataset.name}.{scenario}"
    if worst is None:
        because = why_nothing_survives(dataset, scenario, declaration)
        return Proof(name, dataset.name, Verdict.REFUTED, because, scenario, None, limit)
    proof = Proof(
        name,
        dataset.name,
        Verdict.REFUTED,
        worst.basis,
        scenario,
        worst.bound,
        limit,
        worst.witness,
        worst.assumptions,
    )
    if worst.bound is None:
        return proof
    if worst.bound > limit:
        return replace(proof, because=f"{spell(worst.bound - limit)} too long: {worst.basis}")
    verdict = verdict_under(worst.assumptions, declaration.today, declaration.tier_of(dataset).drill_every)
    return replace(proof, verdict=verdict, witness=None)
