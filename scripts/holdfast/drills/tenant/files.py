"""One tenant's files: its newest backup set into the scratch folder, and every other tenant's beside it."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.drills.context import Drill
from holdfast.drills.interface import Probed, Restored, Selection, Verified
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.recovery_points import opened, point_of
from holdfast.drills.tenant.crossing import reach_for_others
from holdfast.drills.tenant.leaks import leak_checks
from holdfast.environments.model import Scenario


@dataclass(frozen=True)
class TenantFiles(ObjectRecovery):
    """The scratch folder is the quarantine: nobody but this drill writes there, and it is removed at the end."""

    name: str = "tenant"
    scenarios: tuple[Scenario, ...] = (Scenario.CORRUPTION, Scenario.REGION_LOSS, Scenario.KEY_LOSS)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """All that a restored set must show; and the leak check against every other tenant's sets."""
        found = super().verify(drill, selection, restored)
        entries, _ = opened(drill, point_of(selection))
        return Verified(checks=(*found.checks, *leak_checks(drill, entries)), newest_committed=found.newest_committed)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Reach for the other tenants, and for the dataset as a whole, with a session that may read this one only."""
        return Probed(probes=reach_for_others(drill, point_of(selection).region))
