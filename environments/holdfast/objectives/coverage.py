"""Coverage: nothing that would be missed is left out by accident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.objectives.declaration import Dataset, Declaration, Exclusion
from holdfast.objectives.proof import Proof, Verdict
from holdfast.objectives.services import Mechanism


def prove_coverage(declaration: Declaration) -> Iterator[Proof]:
    """Every dataset is selected by a rule that can protect its kind, or left out with a reason and an unexpired date.

    A tier that promises nothing is refuted as well: with no objective there is nothing to hold a backup against.
    """
    excluded = {each.dataset: each for each in declaration.exclusions}
    if not declaration.datasets:
        yield Proof("coverage.datasets", "datasets", Verdict.REFUTED, "no dataset is declared")
    for dataset in declaration.datasets:
        yield _selected(dataset, excluded.pop(dataset.name, None), declaration)
        yield _promised(dataset, declaration)
    for exclusion in excluded.values():
        yield _excluded(f"coverage.{exclusion.dataset}.exclusion", exclusion, declaration)


def _selected(dataset: Dataset, exclusion: Exclusion | None, declaration: Declaration) -> Proof:
    name = f"coverage.{dataset.name}.selection"
    rules = declaration.tier_of(dataset).rules
    usable = [rule.name for rule in rules if not rule.continuous or dataset.service.has_continuous]
    if dataset.service.mechanism is Mechanism.AWS_BACKUP and not dataset.selects:
        problem = "its selection is empty: no tags and no ARNs"
    elif not usable:
        problem = f"no rule of tier {dataset.tier} backs up {dataset.kind}"
    else:
        because = f"selected by {', '.join(usable)}"
        return Proof(name, dataset.name, Verdict.PROVED, because)
    if exclusion is not None:
        return _excluded(name, exclusion, declaration)
    return Proof(name, dataset.name, Verdict.REFUTED, problem)


def _excluded(name: str, exclusion: Exclusion, declaration: Declaration) -> Proof:
    left = exclusion.until - declaration.today
    if not exclusion.reason.strip():
        return Proof(name, exclusion.dataset, Verdict.REFUTED, "left out without a reason")
    if left < timedelta():
        because = f"left out until {exclusion.until}, which has passed; decide again"
        return Proof(name, exclusion.dataset, Verdict.REFUTED, because)
    because = f"left out until {exclusion.until}: {exclusion.reason}"
    return Proof(name, exclusion.dataset, Verdict.PROVED, because)


def _promised(dataset: Dataset, declaration: Declaration) -> Proof:
    tier = declaration.tier_of(dataset)
    name = f"coverage.{dataset.name}.objectives"
    if tier.rpo or tier.rto:
        because = f"tier {tier.name} declares {len(tier.rpo)} RPO and {len(tier.rto)} RTO"
        return Proof(name, dataset.name, Verdict.PROVED, because)
    return Proof(name, dataset.name, Verdict.REFUTED, f"tier {tier.name} declares no objective")
