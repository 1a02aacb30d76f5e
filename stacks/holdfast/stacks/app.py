"""Synthesis: an environment becomes Terraform configuration, one folder a stack."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cdktn import App

from holdfast.clock import SystemClock
from holdfast.constructs.backup_coverage import BackupCoverage
from holdfast.environments.model import Environment
from holdfast.environments.names import Names
from holdfast.new_folders import new_folder
from holdfast.stacks.access import AccessStack
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.drill import DrillStack
from holdfast.stacks.errors import CannotWriteStacks, RefusedTree
from holdfast.stacks.primary import PrimaryStack
from holdfast.stacks.proofs import Ground, ProofsHold
from holdfast.stacks.recovery import RecoveryStack
from holdfast.stacks.recovery_access import RecoveryAccessStack
from holdfast.stacks.recovery_watch import RecoveryWatchStack
from holdfast.stacks.watch import WatchStack

TARGETS = {"terraform": ">=1.10.0", "opentofu": ">=1.10.0"}
"""What the configuration is written for. The S3 state's own lock file needs 1.10 of either."""

_REFUSED = {
    "ENOSPC": "no space left on the device",
    "EDQUOT": "the disk quota is exceeded",
    "EROFS": "the file system is read-only",
    "EACCES": "permission denied",
    "EIO": "the device failed",
}


@dataclass(frozen=True)
class SynthesizedStack:
    """One stack as it was written."""

    name: str
    directory: Path
    region: str
    account: str
    dependencies: tuple[str, ...]

    @property
    def configuration(self) -> Path:
        """The Terraform JSON configuration."""
        return self.directory / "cdk.tf.json"


def build(app: App, environment: Environment) -> list[EnvironmentStack]:
    """Add the stacks of `environment` to `app`, in the order they are applied."""
    watch = environment.watch
    recovery_watch = [RecoveryWatchStack(app, environment, watch)] if watch is not None else []
    recovery = RecoveryStack(app, environment)
    parts = Names(environment).parts
    recovery_access = [RecoveryAccessStack(app, environment)] if "recovery-access" in parts else []
    primary_watch = [WatchStack(app, environment, watch)] if watch is not None else []
    primary = PrimaryStack(app, environment)
    access = AccessStack(app, environment)
    drill = DrillStack(app, environment)
    order: tuple[tuple[EnvironmentStack, Sequence[EnvironmentStack]], ...] = (
        *((each, [recovery]) for each in recovery_access),
        (recovery, recovery_watch),  # a vault's notifications need their topic
        (primary, [recovery, *primary_watch]),
        (access, [primary]),
        (drill, [recovery]),
    )
    for stack, before in order:
        for each in before:
            stack.add_dependency(each)
    return [*recovery_watch, recovery, *recovery_access, *primary_watch, primary, access, drill]


def synthesize(environment: Environment, out: Path, ground: Ground | None = None) -> list[SynthesizedStack]:
    """Write `<out>/stacks/<stack>/cdk.tf.json` for each stack, in the order they are applied.

    Args:
        environment: what to declare.
        out: a folder, made if it is not there; stacks of an earlier synthesis in it are replaced.
        ground: what its proofs are made on; by default the current time, and nothing measured.

    Raises:
        RefutedEnvironment: a proof is refuted; no configuration is left in the folder.
        RefusedTree: a validation or an aspect refuses part of the tree; no configuration is left in the folder.
        CannotWriteStacks: the folder cannot be made or written.
    """
    try:
        with new_folder(out):
            (out / "stacks").mkdir(exist_ok=True)
    except OSError as error:
        raise CannotWriteStacks(path=out, reason=error.strerror) from None
    app = App(outdir=str(out), stack_traces=False, context={"targetVersions": TARGETS})
    stacks = build(app, environment)
    proofs = ProofsHold(environment, ground or Ground(SystemClock().now())).guard(stacks)
    coverage = BackupCoverage(today=proofs.ground.now.date())
    for stack in stacks:
        coverage.guard(stack)
    try:
        app.synth()
    except RuntimeError as error:
        for stack in stacks:  # a half-written or refused configuration must not be planned
            (out / "stacks" / stack.node.id / "cdk.tf.json").unlink(missing_ok=True)
        if proofs.error is not None:
            raise proofs.error from None
        reason = next((words for code, words in _REFUSED.items() if code in str(error)), None)  # Node's own words
        problems = re.findall(r"^\s*\[(.+)$", str(error), re.MULTILINE)
        if reason is None and problems:
            raise RefusedTree(problems="\n".join(f"[{each}" for each in problems)) from None
        if reason is None:
            raise
        raise CannotWriteStacks(path=out, reason=reason) from None
    return [
        SynthesizedStack(
            name=stack.node.id,
            directory=out / "stacks" / stack.node.id,
            region=stack.region,
            account=stack.account,
            dependencies=tuple(other.node.id for other in stack.dependencies),
        )
        for stack in stacks
    ]
