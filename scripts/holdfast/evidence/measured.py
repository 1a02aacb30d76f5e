"""What drills measured, as figures for proofs: how long restores and copies of a dataset took, and on which day."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from holdfast.clock import Clock
from holdfast.evidence.record import Entry
from holdfast.evidence.sections import Kind, Verdict
from holdfast.evidence.signed_record import SignedRecord
from holdfast.evidence.verification import records_of
from holdfast.objectives.declaration import Measured
from holdfast.objectives.proof import Assumption, AssumptionSource, Scenario


@dataclass(frozen=True)
class Measurements:
    """Figures from the newest drills, by dataset and scenario.

    Attributes:
        copy_times: from a finished recovery point to its finished copy, as long as the copy job took.
        restore_times: from the declaration of the disaster to verified operation.
        refused: how many findings keep the records from being believed; then there are no figures.
    """

    copy_times: Measured = field(default_factory=dict)
    restore_times: Measured = field(default_factory=dict)
    refused: int = 0


def measurements(home: Path, environment: str, clock: Clock) -> Measurements:
    """What the verified records of an environment on this machine measured.

    Records that do not verify as a whole give no figures: where one could be taken out or changed, so could the drill
    that was slow.

    Raises:
        EvidenceError: there are records and no key, or the system refuses to read.
    """
    found = records_of(home, environment, clock=clock)
    if found.findings:
        return Measurements(refused=len(found.findings))
    return figures(record for _, record in found.records)


def figures(records: Iterable[SignedRecord]) -> Measurements:
    """The figure of the newest passed drill for each dataset and scenario.

    A drill of one tenant, or of a sample, restores less than the dataset: its time says nothing of the whole. Restores
    count for the scenario they were drilled for, copies for all. Seconds are rounded up.
    """
    copies: dict[tuple[str, Scenario | None], Assumption] = {}
    restores: dict[tuple[str, Scenario | None], Assumption] = {}
    entries = [record.entry for record in records if _of_a_whole_dataset(record.entry)]
    for entry in sorted(entries, key=_when):
        assert entry.objective is not None  # noqa: S101 - one of the conditions of _of_a_whole_dataset
        name, scenario = entry.objective.dataset, _scenario(entry.objective.scenario)
        if scenario and entry.rto is not None and entry.rto.measured_seconds is not None:
            restores[name, scenario] = _assumption("restore time", entry.rto.measured_seconds, entry)
        if entry.source is not None and entry.source.copied is not None:
            copies[name, None] = _assumption("copy time", entry.source.copied.elapsed_seconds, entry)
    return Measurements(copies, restores)


def _of_a_whole_dataset(entry: Entry) -> bool:
    return (
        entry.identity.kind is Kind.DRILL
        and entry.result.verdict is Verdict.PASSED
        and entry.objective is not None
        and entry.objective.tenant is None
        and (entry.sampling is None or entry.sampling.size == entry.sampling.population)
    )


def _scenario(text: str | None) -> Scenario | None:
    """The scenario, or nothing for a drill without one or with one only a later version knows."""
    return Scenario(text) if text in set(Scenario) else None


def _when(entry: Entry) -> datetime:
    return entry.timeline.declared_at


def _assumption(name: str, seconds: float, entry: Entry) -> Assumption:
    by = f"drill {entry.identity.record_id}"
    return Assumption(name, timedelta(seconds=math.ceil(seconds)), AssumptionSource.MEASURED, _when(entry).date(), by)
