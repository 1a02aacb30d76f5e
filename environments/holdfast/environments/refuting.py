"""What is refuted ends the build: the first proof that does not hold, with the file and line it speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.environments.model import Environment
from holdfast.environments.provenance import nearest
from holdfast.errors import FindingError, Source
from holdfast.objectives.proof import Proof, Report, Verdict, spell

_LISTED = 20
_RULE_FIELDS = {
    "cold-storage": "cold_storage_after",
    "copy-cold-storage": "copy.cold_storage_after",
    "copy-retention": "copy.delete_after",
    "replica": "copy.delete_after",
    "air-gapped-retention": "air_gapped.delete_after",
    "air-gapped-replica": "air_gapped.delete_after",
    "retention": "delete_after",
    "pitr": "delete_after",
    "pitr-cold-storage": "cold_storage_after",
}
"""By the last word of a lock proof, the field of the rule it is about."""

_ALLOWED = {
    "coverage": "a rule that backs it up, or an exclusion with a reason and a day that has not passed",
    "lock": "what the lock of the vault takes",
    "key": "a key that lives as long as what is encrypted under it",
    "plan": "a cron expression with runs 60 min or more apart",
    "separation": "no principal that can do both",
}
"""What is allowed where a proof has no figure for it."""


@dataclass(frozen=True)
class Refutation:
    """A proof that does not hold, and where what it speaks of was written.

    Attributes:
        field: dotted path of the value in the environment file.
        source: file and line; nothing when the environment came from no file.
    """

    proof: Proof
    field: str
    source: Source | None

    @property
    def where(self) -> str:
        """The field, and for an objective of a tier the dataset that misses it."""
        return f"{self.field} for {self.proof.subject}" if self.proof.scenario else self.field

    @property
    def value(self) -> str:
        """What is declared, or follows from it."""
        return "no limit" if self.proof.bound is None else spell(self.proof.bound)

    @property
    def allowed(self) -> str:
        """What would hold."""
        bound, limit = self.proof.bound, self.proof.limit
        if limit is None:
            return _ALLOWED.get(self.proof.id.partition(".")[0], "what can be proved")
        return f"{'at least' if bound is not None and bound < limit else 'at most'} {spell(limit)}"

    def __str__(self) -> str:
        place = f"{self.source}: " if self.source else ""
        return f"{place}{self.where}: {self.proof.because} (got {self.value}; allowed: {self.allowed})"


class RefutedEnvironment(FindingError):
    """What an environment declares does not hold what it promises, so nothing is synthesized from it."""

    template = "{field}: {because} (got {value}; allowed: {allowed}){others}"
    hint = "`holdfast prove {environment}` shows every proof; docs/proofs.md says how each is made"

    def __init__(self, environment: str, refutations: Sequence[Refutation]) -> None:
        self.refutations = tuple(refutations)
        first, rest = self.refutations[0], self.refutations[1:]
        more = f"\n  and {len(rest) - _LISTED} more" if len(rest) > _LISTED else ""
        super().__init__(
            source=first.source,
            environment=environment,
            field=first.where,
            because=first.proof.because,
            value=first.value,
            allowed=first.allowed,
            others="".join(f"\n  also {each}" for each in rest[:_LISTED]) + more,
        )

    def document(self) -> dict[str, Any]:
        """The one document `--json` prints, with every proof that does not hold."""
        return {**super().document(), "proofs": [each.proof.document() for each in self.refutations]}


def refutations(
    environment: Environment, report: Report, provenance: Mapping[str, Source], file: Path | None = None
) -> list[Refutation]:
    """What is refuted of an environment, and where it was written.

    Args:
        environment: what the report is about.
        report: its proofs.
        provenance: where each value was written, as in `Loaded.provenance`.
        file: the environment's own file, for what is written nowhere.
    """
    found = []
    otherwise = Source(file) if file else Source(Path(f"{environment.environment}.yaml"))
    for proof in report.with_verdict(Verdict.REFUTED):
        path = place_of(proof, environment)
        source = nearest(path, provenance, otherwise) if provenance or file else None
        found.append(Refutation(proof, path, source))
    return found


def place_of(proof: Proof, environment: Environment) -> str:
    """The dotted path of the value a proof speaks of: `tiers.critical.rpo.corruption`."""
    kind, *names, last = proof.id.split(".")
    match kind:
        case "rpo" | "rto":
            return f"{_tier(environment, names[0])}.{kind}.{last}"
        case "lock" if names[0] == "vaults":
            return "lock.minimum"
        case "lock":
            return f"tiers.{names[0]}.rules.{names[1]}.{_RULE_FIELDS[last]}"
        case "plan":
            return f"tiers.{names[0]}.rules.{last}.schedule"
        case "key":
            return f"datasets.{names[0]}" if names else "keys.deletion_window"
        case "coverage":
            return _covered(environment, names, last)
        case _:
            return "principals"


def _covered(environment: Environment, names: Sequence[str], last: str) -> str:
    if not names:
        return "datasets"
    if any(each.dataset == names[0] for each in environment.exclusions):
        return f"exclusions.{names[0]}.until"
    return _tier(environment, names[0]) if last == "objectives" else f"datasets.{names[0]}.select"


def _tier(environment: Environment, dataset: str) -> str:
    found = environment.dataset(dataset)
    return f"tiers.{found.tier}" if found else "tiers"
