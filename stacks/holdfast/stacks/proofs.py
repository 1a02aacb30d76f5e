"""Proofs as part of the build: stacks of which a proof is refuted are not synthesized."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import jsii
from constructs import IValidation

from holdfast.environments.loading import Loaded
from holdfast.environments.model import Environment
from holdfast.environments.proving import prove_environment
from holdfast.environments.refuting import RefutedEnvironment, refutations
from holdfast.errors import Source
from holdfast.objectives.declaration import Measured
from holdfast.objectives.proof import Report
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.separation import prove_separation


@dataclass(frozen=True)
class Ground:
    """What proofs of an environment are made on.

    Attributes:
        now: the moment of the proof, aware.
        provenance: where each value was written, as in `Loaded.provenance`; errors name it.
        copy_times: what drills measured; goes before `assumptions.copy_time`.
        restore_times: what drills measured; goes before `assumptions.restore_time`.
    """

    now: datetime
    provenance: Mapping[str, Source] = field(default_factory=dict)
    copy_times: Measured = field(default_factory=dict)
    restore_times: Measured = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        loaded: Loaded,
        now: datetime,
        copy_times: Measured | None = None,
        restore_times: Measured | None = None,
    ) -> Ground:
        """The ground of an environment read from its files."""
        return cls(now, loaded.provenance, copy_times or {}, restore_times or {})

    def report(self, environment: Environment) -> Report:
        """All proofs of the environment."""
        return prove_environment(environment, self.now, copy_times=self.copy_times, restore_times=self.restore_times)


@jsii.implements(IValidation)
class ProofsHold:
    """Fails the synthesis of an app when a proof of its environment is refuted.

    Attributes:
        error: what is refuted, once `validate` has found it.
    """

    def __init__(self, environment: Environment, ground: Ground) -> None:
        self.environment = environment
        self.ground = ground
        self.error: RefutedEnvironment | None = None
        self._stacks: list[EnvironmentStack] = []

    def guard(self, stacks: Sequence[EnvironmentStack]) -> ProofsHold:
        """Ask for the proofs whenever the app of these stacks, all those of the environment, is synthesized."""
        self._stacks = list(stacks)
        stacks[0].node.add_validation(self)
        return self

    def validate(self) -> list[str]:
        """Called by the CDK before anything is written; what it returns ends the build."""
        declared = self.ground.report(self.environment)
        apart = prove_separation(self.environment, [stack.to_terraform() for stack in self._stacks])
        report = Report((*declared.proofs, *apart))
        found = refutations(self.environment, report, self.ground.provenance)
        if not found:
            return []
        self.error = RefutedEnvironment(self.environment.environment, found)
        return [str(each) for each in found]
