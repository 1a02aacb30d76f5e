"""Restore captured configuration into the scratch folder, and name what is no longer so."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.capture.keeping import configuration_dataset
from holdfast.drills.configuration.comparing import compare_with_live
from holdfast.drills.configuration.usable import usable
from holdfast.drills.context import Drill
from holdfast.drills.interface import Restored, Selection, Verified
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.environments.model import Environment, Scenario


@dataclass(frozen=True)
class ConfigurationRestore(ObjectRecovery):
    """From the primary Region; for `region_loss` and `key_loss` from the recovery one.

    In `region_loss` only what AWS says in the recovery Region is compared, since nobody can be asked in the other one.
    """

    name: str = "configuration"
    proves: str = (
        "Captured configuration comes back whole and can be used, and is what is live; what drifted since is named."
    )
    scenarios: tuple[Scenario, ...] = (Scenario.CORRUPTION, Scenario.REGION_LOSS, Scenario.KEY_LOSS)

    def dataset_of(self, environment: Environment) -> str:
        """The environment's dataset of kind configuration, when there is one.

        Raises:
            NoConfigurationDataset, WhichConfigurationDataset: there is none, or there are several.
        """
        return configuration_dataset(environment).name

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """All that a restored set must show; whether each part can be used; and what is different from what is live."""
        found = super().verify(drill, selection, restored)
        whole = selection.sampling is not None and selection.sampling.members() is None
        more = (*usable(drill, whole=whole), *compare_with_live(drill, whole=whole))
        return Verified(checks=(*found.checks, *more), newest_committed=found.newest_committed)
