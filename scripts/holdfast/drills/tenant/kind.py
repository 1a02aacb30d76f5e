"""Restore one tenant into quarantine, and prove that nothing of any other tenant is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.context import Drill
from holdfast.drills.due.duties import RESTORED_BY
from holdfast.drills.interface import Cleaned, Kind, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.tenant.errors import NoTenantDrill, NotForThisTenant
from holdfast.drills.tenant.files import TenantFiles
from holdfast.drills.tenant.items import TenantItems
from holdfast.drills.tenant.tables import TenantTables
from holdfast.environments.model import DatasetKind, Environment, Scenario

_FILES = TenantFiles()
_BY_DATASET: Mapping[DatasetKind, Kind] = {
    DatasetKind.S3: _FILES,
    DatasetKind.FILES: _FILES,
    DatasetKind.EFS: _FILES,
    DatasetKind.DYNAMODB: TenantItems(),
    DatasetKind.POSTGRES: TenantTables(),
}


@dataclass(frozen=True)
class TenantRestore:
    """Files into a folder, rows into a database, items into a table: each of the drill's own, removed at its end."""

    name: str = "tenant"
    proves: str = "One tenant comes back alone: no file, row, item or object of another tenant is handed over."
    scenarios: tuple[Scenario, ...] = (Scenario.CORRUPTION, Scenario.REGION_LOSS, Scenario.KEY_LOSS)
    restores_dataset: bool = True
    needs_tenant: bool = True

    def survey(self, drill: Drill) -> Survey:
        """Refuse what the kind of the dataset cannot do; then as its own drill does."""
        part = _part(drill)
        if drill.spec.scenario not in part.scenarios:
            allowed = ", ".join(part.scenarios)
            dataset = declared_dataset(drill.environment, str(drill.spec.dataset))
            raise NotForThisTenant(kind=dataset.kind, what=f"--scenario {drill.spec.scenario}", allowed=allowed)
        return part.survey(drill)

    def select(self, drill: Drill) -> Selection | Nothing:
        """The newest recovery point from before the failure, or the one that was named."""
        return _part(drill).select(drill)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Into quarantine."""
        return _part(drill).restore(drill, selection)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """What any restore of it must show; and the leak check."""
        return _part(drill).verify(drill, selection, restored)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """What must be refused."""
        return _part(drill).probe(drill, selection)

    def clean_up(self, drill: Drill) -> Cleaned:
        """Take the quarantine away."""
        return _part(drill).clean_up(drill)

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """The sweep of aws-backup finds tables by their names; folders and servers are found by the journals."""
        return Cleaned()


def _part(drill: Drill) -> Kind:
    """What restores a tenant of a dataset of this kind.

    Raises:
        NoTenantDrill: nothing does.
    """
    dataset = declared_dataset(drill.environment, str(drill.spec.dataset))
    if dataset.kind not in _BY_DATASET:
        raise NoTenantDrill(
            dataset=dataset.name,
            kind=dataset.kind,
            allowed=", ".join(_BY_DATASET),
            other=RESTORED_BY[dataset.kind][0],
        )
    return _BY_DATASET[dataset.kind]
