"""Plan, apply and destroy the stacks of an environment: side by side where they may, in order where they must."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from holdfast.aws.endpoints import AWS, Endpoints, endpoints_for
from holdfast.environments.model import Environment
from holdfast.locking import file_lock
from holdfast.terraform.commands import Terraform
from holdfast.terraform.configuration import backend_of, construct_paths, offline, offline_variables, with_local_state
from holdfast.terraform.errors import NotASandbox, UnknownStack
from holdfast.terraform.ordering import Job, run_in_order
from holdfast.terraform.plans import PlanSummary, read_plan
from holdfast.terraform.workspace import (
    Configuration,
    Synthesized,
    Workspace,
    prepare,
    read_configuration,
    states_folder,
)

_LOCK_SECONDS = 10.0
_SANDBOX_ATTEMPTS = "4"
"""A sandbox on this machine answers or is gone; AWS's default of 25 attempts would hide that for minutes."""


class OmittedResource(Protocol):
    """A resource left out of the run."""

    @property
    def address(self) -> str:
        """Its Terraform address."""

    @property
    def type(self) -> str:
        """Its resource type."""

    @property
    def construct_path(self) -> str:
        """Where it is declared."""

    @property
    def reason(self) -> str:
        """Why it is left out."""


Trim = Callable[[Configuration], tuple[Configuration, Sequence[OmittedResource]]]
"""Leaves out what the target cannot serve, and says what."""


@dataclass(frozen=True)
class PlannedStack:
    """A stack and what applying it would change.

    Args:
        name: the stack.
        dependencies: stacks applied before it.
        workspace: where its plan lies; `workspace.plan_json` for a reviewer.
        summary: the changes.
        omitted: what was left out of it, each with a reason.
    """

    name: str
    dependencies: tuple[str, ...]
    workspace: Workspace
    summary: PlanSummary
    omitted: tuple[OmittedResource, ...]


def check_selected(only: Sequence[str], names: Sequence[str]) -> None:
    """Refuse stacks that are none.

    Args:
        only: the stacks asked for.
        names: the stacks there are.

    Raises:
        UnknownStack: naming those there are.
    """
    for name in only:
        if name not in names:
            raise UnknownStack(stack=name, allowed=", ".join(names))


def only_sandboxes(environment: Environment) -> None:
    """Refuse what may be done in a sandbox only.

    Raises:
        NotASandbox: unless the environment is marked `sandbox: true`.
    """
    if not environment.sandbox:
        raise NotASandbox(environment=environment.environment)


@dataclass(frozen=True)
class Deployment:
    """The stacks of one environment on their way to their target.

    A sandbox environment goes to the running sandbox and nowhere else. An offline deployment can only be planned.

    Args:
        environment: the environment.
        stacks: its stacks, in the order they are applied.
        terraform: what runs them.
        offline: plan with placeholder credentials and without any call.
        trim: leaves out what the sandbox cannot serve.
        only: names of the stacks to work on; all by default.
    """

    environment: Environment
    stacks: Sequence[Synthesized]
    terraform: Terraform
    offline: bool = False
    trim: Trim | None = None
    only: Sequence[str] = ()
    _endpoints: Endpoints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        endpoints = AWS if self.offline else endpoints_for(self.environment, self.home)
        object.__setattr__(self, "_endpoints", endpoints)

    @property
    def home(self) -> Path:
        """Holdfast's folder."""
        return self.terraform.home

    def locked(self) -> AbstractContextManager[None]:
        """Keep other commands away from this environment's workspaces; plan and apply under one lock.

        Raises:
            AnotherCommandRuns: on entry, when one is at it.
        """
        name = self.environment.environment
        path = self.home / name / "deployment.lock"
        return file_lock(path, self.terraform.clock, doing=f"planning or applying {name}", patience=_LOCK_SECONDS)

    def plan(self) -> list[PlannedStack]:
        """Plan the stacks, all at once: none needs what another creates to be planned.

        Raises:
            TerraformFailed and the other errors of this package; UnknownStack.
        """
        jobs = [Job(stack.name, (), self._planning(stack)) for stack in self._selected()]
        return list(run_in_order(jobs, self.terraform.stop).values())

    def apply(self, planned: Sequence[PlannedStack]) -> None:
        """Apply plans, each after the stacks it depends on. What has no changes is not run.

        Interrupted or failed, what was applied is in the state: plan and apply again to go on.
        """
        jobs = [Job(each.name, each.dependencies, self._applying(each)) for each in planned]
        run_in_order(jobs, self.terraform.stop)

    def destroy(self) -> list[str]:
        """Destroy the stacks in reverse order and return their names.

        Raises:
            NotASandbox: unless the environment is marked `sandbox: true`.
        """
        only_sandboxes(self.environment)
        selected = self._selected()
        needed_by = {
            stack.name: tuple(other.name for other in selected if stack.name in other.dependencies)
            for stack in selected
        }
        jobs = [Job(stack.name, needed_by[stack.name], self._destroying(stack)) for stack in reversed(selected)]
        return list(run_in_order(jobs, self.terraform.stop))

    def _selected(self) -> list[Synthesized]:
        names = [stack.name for stack in self.stacks]
        check_selected(self.only, names)
        return [stack for stack in self.stacks if not self.only or stack.name in self.only]

    def _planning(self, stack: Synthesized) -> Callable[[], PlannedStack]:
        def plan() -> PlannedStack:
            workspace, configuration, omitted = self._prepare(stack)
            self.terraform.init(workspace)
            self.terraform.plan(workspace)
            summary = read_plan(stack.name, workspace.plan_json, construct_paths(configuration))
            return PlannedStack(stack.name, tuple(stack.dependencies), workspace, summary, omitted)

        return plan

    def _applying(self, planned: PlannedStack) -> Callable[[], None]:
        def apply() -> None:
            if planned.summary.changes:
                self.terraform.apply(planned.workspace)

        return apply

    def _destroying(self, stack: Synthesized) -> Callable[[], None]:
        def destroy() -> None:
            workspace, _, _ = self._prepare(stack)
            if workspace.state is not None and not workspace.state.exists():
                return
            self.terraform.init(workspace)
            self.terraform.destroy(workspace)

        return destroy

    def _prepare(self, stack: Synthesized) -> tuple[Workspace, Configuration, tuple[OmittedResource, ...]]:
        configuration = read_configuration(stack.name, stack.directory)
        omitted: Sequence[OmittedResource] = ()
        if self.trim is not None:
            configuration, omitted = self.trim(configuration)
        workspace = self._workspace(stack, local=self.offline or backend_of(configuration) in (None, "local"))
        if self.offline:
            configuration = offline(configuration)
        if workspace.state is not None:
            configuration = with_local_state(configuration, workspace.state)
        prepare(stack.directory, workspace.folder, configuration)
        return workspace, configuration, tuple(omitted)

    def _workspace(self, stack: Synthesized, *, local: bool) -> Workspace:
        own = self.home / self.environment.environment
        local = local or self.environment.sandbox
        return Workspace(
            stack=stack.name,
            folder=own / ("offline" if self.offline else "workspaces") / stack.name,
            plan_json=own / "plans" / f"{stack.name}.json",
            variables=self._variables(),
            state=self._states() / f"{stack.name}.tfstate" if local else None,
        )

    def _states(self) -> Path:
        """Where local state is kept: with the sandbox's run when it is a sandbox, whose world ends with the run."""
        if self.offline:
            return self.home / self.environment.environment / "offline"
        return states_folder(self.home, self.environment.environment, self._endpoints.run)

    def _variables(self) -> dict[str, str]:
        if self.offline:
            return offline_variables(os.environ)
        variables = self._endpoints.subprocess_environment(os.environ)
        return variables | ({"AWS_MAX_ATTEMPTS": _SANDBOX_ATTEMPTS} if self.environment.sandbox else {})
