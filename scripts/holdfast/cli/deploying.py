"""What plan, apply and destroy begin with: the environment synthesized, and Terraform found for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.cli.settings import Settings
    from holdfast.terraform import Deployment
    from holdfast.terraform.display import Display


@contextmanager
def deploying(
    settings: Settings, name: str, *, stacks: Sequence[str] = (), offline: bool = False, slow: bool = False
) -> Iterator[tuple[Deployment, Display]]:
    """The deployment of an environment and what shows its progress, while no other command deploys it.

    Args:
        settings: of this call.
        name: the environment.
        stacks: the stacks selected; all when empty.
        offline: plan without an account.
        slow: in a sandbox, leave in what is left out only because it takes long.

    Raises:
        UnknownStack: one of `stacks` is none.
        SandboxNotRunning: it is a sandbox's and none answers.
        HoldfastError: it cannot be synthesized, or there is no Terraform.
    """
    from holdfast import sandbox
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.environments.names import Names
    from holdfast.terraform import Deployment, Terraform
    from holdfast.terraform.deployment import check_selected
    from holdfast.terraform.display import Display

    loaded = settings.load_with_sources(name)
    environment = loaded.environment
    in_sandbox = environment.sandbox and not offline
    known = [Names(environment).stack(part) for part in Names(environment).parts]
    check_selected(stacks, known)  # what can be told at once is not told after a minute of synthesis
    if in_sandbox:
        endpoints_for(environment, settings.home)
    display = Display(settings.human)
    watch = sandbox.watch(settings.home) if in_sandbox else None
    terraform = Terraform.find(settings.home, progress=display, watch=watch)
    settings.human.print(f"{terraform.binary.product} {terraform.binary.version}; {terraform.provider.description}")
    with settings.human.status(f"synthesizing {name}"):
        from holdfast.cli.proof_ground import ground
        from holdfast.stacks.app import synthesize

        synthesized = synthesize(environment, settings.home / name, ground(settings, loaded))
    deployment = Deployment(
        environment,
        synthesized,
        terraform,
        offline=offline,
        trim=(lambda configuration: sandbox.without_omitted(configuration, slow=slow)) if in_sandbox else None,
        only=stacks,
    )
    with deployment.locked():
        yield deployment, display
