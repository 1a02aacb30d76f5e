"""The stacks of an environment as configurations in memory, and what is proved from them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from cdktn import App

from holdfast.environments.model import Environment
from holdfast.objectives.access import Principal
from holdfast.objectives.proof import Proof
from holdfast.stacks.app import TARGETS, build
from holdfast.stacks.separation import prove_separation


def configurations(environment: Environment) -> list[Mapping[str, Any]]:
    """What each stack of an environment synthesizes to; nothing is written."""
    with tempfile.TemporaryDirectory(prefix="holdfast-") as folder:
        app = App(outdir=folder, stack_traces=False, context={"targetVersions": TARGETS})
        stacks = build(app, environment)
        for stack in stacks:
            stack.prepare_stack()
        return [stack.to_terraform() for stack in stacks]


def proofs_of_stacks(
    environment: Environment, bootstrap: Sequence[Principal] = (), *, not_read: str = ""
) -> tuple[Proof, ...]:
    """What can be proved only of the synthesized stacks, and the roles made beside them: that duties are apart.

    The arguments are those of `prove_separation`.
    """
    return prove_separation(environment, configurations(environment), bootstrap, not_read=not_read)
