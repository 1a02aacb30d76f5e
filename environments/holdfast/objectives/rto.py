"""Recovery time objectives. No service promises how long a restore takes: only a drill can say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.objectives.declaration import Dataset
from holdfast.objectives.exposure import Exposure, why_nothing_survives
from holdfast.objectives.proof import AssumptionSource, Proof, Scenario, Verdict, spell, verdict_under


def prove_rto(exposure: Exposure) -> Iterator[Proof]:
    """One proof for each dataset and each scenario its tier has an objective for.

    Proved only where a drill measured the restore time no longer ago than the tier's `drill_every`; conditional on the
    assumed time otherwise ("AWS Backup does not have any service-level agreements (SLAs) for a restore time":
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-a-backup.html).
    """
    for dataset in exposure.declaration.datasets:
        for scenario, limit in exposure.declaration.tier_of(dataset).rto.items():
            yield _prove(dataset, scenario, limit, exposure)


def _prove(dataset: Dataset, scenario: Scenario, limit: timedelta, exposure: Exposure) -> Proof:
    declaration = exposure.declaration
    name = f"rto.{dataset.name}.{scenario}"
    if exposure.worst(dataset, scenario) is None:
        because = f"there is nothing to restore: {why_nothing_survives(dataset, scenario, declaration)}"
        return Proof(name, dataset.name, Verdict.REFUTED, because, scenario, None, limit)
    assumed = declaration.restore_time_of(dataset.name, scenario)
    drill_every = declaration.tier_of(dataset).drill_every
    verdict = verdict_under((assumed,), declaration.today, drill_every)
    because = f"assumed: {assumed}"
    if assumed.value is None or assumed.value > limit:
        verdict = Verdict.REFUTED
        because += ", longer than the objective"
    elif verdict is Verdict.PROVED:
        because = str(assumed)
    elif assumed.source is AssumptionSource.MEASURED:
        because += f"; a drill has to confirm it every {spell(drill_every)}"
    return Proof(name, dataset.name, verdict, because, scenario, assumed.value, limit, None, (assumed,))
