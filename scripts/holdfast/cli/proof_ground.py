"""What proofs of an environment are made on: its files, the time, and what drills on this machine measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.cli.settings import Settings
    from holdfast.environments.loading import Loaded
    from holdfast.environments.model import Environment
    from holdfast.evidence.measured import Measurements
    from holdfast.objectives.access import Principal
    from holdfast.objectives.proof import Proof, Report
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


def declared_proofs(settings: Settings, environment: Environment) -> Report:
    """What is proved from the environment's files and what drills measured."""
    from holdfast.clock import SystemClock
    from holdfast.environments.proving import prove_environment

    found = measured(settings, environment.environment)
    return prove_environment(
        environment, SystemClock().now(), copy_times=found.copy_times, restore_times=found.restore_times
    )


def separation_proofs(settings: Settings, environment: Environment, *, quick: bool) -> tuple[Proof, ...]:
    """What is proved from the synthesized stacks; where they cannot be made, that it was not."""
    from importlib.util import find_spec

    from holdfast.objectives.separation import not_checked

    if quick:
        return (not_checked("--quick leaves out what takes a synthesis"),)
    if find_spec("cdktn") is None:
        return (not_checked("synthesis is not installed: pip install 'holdfast[synth]'"),)
    bootstrap, not_read = _bootstrap(settings, environment)
    with settings.human.status(f"synthesizing {environment.environment}, to prove that duties are apart"):
        from holdfast.stacks.declared import proofs_of_stacks

        return proofs_of_stacks(environment, bootstrap, not_read=not_read)


def _bootstrap(settings: Settings, environment: Environment) -> tuple[tuple[Principal, ...], str]:
    """The roles of the environment's bootstrap, rendered by Terraform without an account; or why they are not known."""
    from holdfast.errors import HoldfastError, Interrupted
    from holdfast.terraform.bootstrap import Bootstrap, folder_beside

    name = environment.environment
    folder = folder_beside(settings.environments, name)
    if environment.sandbox or not folder.is_dir():
        return (), ""
    with settings.human.status(f"rendering the policies of {folder}"):
        try:
            return Bootstrap(name, folder, settings.home).principals(), ""
        except Interrupted:
            raise
        except HoldfastError as error:
            settings.human.print(error.message, style="yellow", markup=False, soft_wrap=True)
            return (), error.message


def ground(settings: Settings, loaded: Loaded) -> Ground:
    """What the proofs of a synthesis are made on."""
    from holdfast.clock import SystemClock
    from holdfast.stacks.proofs import Ground

    found = measured(settings, loaded.environment.environment)
    return Ground.of(loaded, SystemClock().now(), found.copy_times, found.restore_times)
