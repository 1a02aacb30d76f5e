"""What proofs of an environment are made on: its files, the time, and what drills on this machine measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.cli.settings import Settings
    from holdfast.environments.loading import Loaded
    from holdfast.evidence.measured import Measurements
    from holdfast.stacks.proofs import Ground


def measured(settings: Settings, environment: str) -> Measurements:
    """What drills of the environment measured; says so where records are there and cannot be believed."""
    from holdfast.clock import SystemClock
    from holdfast.evidence.measured import measurements

    found = measurements(settings.home, environment, SystemClock())
    if found.refused:
        settings.human.print(
            f"evidence of {environment} does not verify ({found.refused} findings): no figure of a drill is used; "
            f"see holdfast evidence verify {environment}",
            style="yellow",
        )
    return found


def ground(settings: Settings, loaded: Loaded) -> Ground:
    """What the proofs of a synthesis are made on."""
    from holdfast.clock import SystemClock
    from holdfast.stacks.proofs import Ground

    found = measured(settings, loaded.environment.environment)
    return Ground.of(loaded, SystemClock().now(), found.copy_times, found.restore_times)
