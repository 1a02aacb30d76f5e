"""Recovery point objectives: for each dataset and scenario the most data that can be lost, against what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from holdfast.objectives.declaration import Dataset, Declaration
from holdfast.objectives.exposure import Exposure, Worst, why_nothing_survives
from holdfast.objectives.proof import Proof, Scenario, Verdict, spell, verdict_under


def prove_rpo(exposure: Exposure) -> Iterator[Proof]:
    """One proof for each dataset and each scenario its tier has an objective for.

    Where several ways to recover keep an objective, the surest speaks: what is proved before what rests on an
    assumption, and of those the one that loses least.
    """
    for dataset in exposure.declaration.datasets:
        for scenario, limit in exposure.declaration.tier_of(dataset).rpo.items():
            yield _prove(dataset, scenario, limit, exposure)


def _prove(dataset: Dataset, scenario: Scenario, limit: timedelta, exposure: Exposure) -> Proof:
    declaration = exposure.declaration
    ways = exposure.ways(dataset, scenario)
    name = f"rpo.{dataset.name}.{scenario}"
    if not ways:
        because = why_nothing_survives(dataset, scenario, declaration)
        return Proof(name, dataset.name, Verdict.REFUTED, because, scenario, None, limit)
    kept = [_kept(each, dataset, declaration) for each in ways if each.bound is not None and each.bound <= limit]
    verdict, worst = min(kept, key=_surest_first, default=(Verdict.REFUTED, ways[0]))
    proof = Proof(
        name,
        dataset.name,
        verdict,
        worst.basis,
        scenario,
        worst.bound,
        limit,
        worst.witness,
        worst.assumptions,
    )
    if verdict is not Verdict.REFUTED:
        return replace(proof, witness=None)
    if worst.bound is None:
        return proof
    return replace(proof, because=f"{spell(worst.bound - limit)} too long: {worst.basis}")


def _kept(worst: Worst, dataset: Dataset, declaration: Declaration) -> tuple[Verdict, Worst]:
    """A way that keeps the objective, and whether what it rests on is known."""
    drill_every = declaration.tier_of(dataset).drill_every
    return verdict_under(worst.assumptions, declaration.today, drill_every), worst


def _surest_first(found: tuple[Verdict, Worst]) -> tuple[int, timedelta]:
    return list(Verdict).index(found[0]), found[1].bound or timedelta()
