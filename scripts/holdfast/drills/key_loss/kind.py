"""Lose the primary key: what cannot be read any more is a failure; the recovery copy must stay readable.

In a sandbox the key is really disabled, and KMS is asked. An emulator's S3 never asks KMS, and in production no drill
switches a key off: there a guard holds back every answer whose object is encrypted under the lost key, by the key that
the answer itself names. So an object in the recovery bucket that was written under the wrong key is found in both.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Verified
from holdfast.drills.key_loss.asking_kms import ask_both_keys, seal_data_keys
from holdfast.drills.key_loss.disabling import disable_primary_key, enable_again
from holdfast.drills.key_loss.object_keys import every_set_has_a_copy, keys_of_objects
from holdfast.drills.object_recovery import ObjectRecovery
from holdfast.drills.recovery_points import chosen, members_of, opened, point_of
from holdfast.environments.model import Environment, Scenario


@dataclass(frozen=True)
class KeyLoss(ObjectRecovery):
    """From the recovery Region, under its own key."""

    name: str = "key-loss"
    proves: str = "With the primary key gone, every set and file of a dataset is still read, under the recovery key."
    scenarios: tuple[Scenario, ...] = (Scenario.KEY_LOSS,)

    def select(self, drill: Drill) -> Selection | Nothing:
        """As any recovery; before the key is lost, a data key is sealed under each Region's key."""
        found = super().select(drill)
        if isinstance(found, Selection):
            seal_data_keys(drill)
        return found

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Lose the key, then restore."""
        disable_primary_key(drill)
        return super().restore(drill, selection)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """What a restored set must show; the key of every object; and that no set has a copy under one key only."""
        found = super().verify(drill, selection, restored)
        entries, _ = opened(drill, point_of(selection))
        files = chosen(entries, members_of(selection))
        more = (*keys_of_objects(drill, entries.view, files), every_set_has_a_copy(drill))
        return Verified(checks=(*found.checks, *more), newest_committed=found.newest_committed)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Ask KMS itself to open what was sealed: refused with the lost key, done with the other one."""
        return ask_both_keys(drill)

    def clean_up(self, drill: Drill) -> Cleaned:
        """Enable the key again."""
        return enable_again(drill)

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Nothing of it stays: the journal of each drill says which key to enable again."""
        return Cleaned()
