"""The main job, start to end, on a local AWS.

Declare, prove, plan, review, apply, back up, lose a Region, restore, attack, sign, verify. Each step calls what the
command of that name calls; nothing is shown that was not done.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from holdfast import sandbox
from holdfast.aws.endpoints import Endpoints
from holdfast.aws.sessions import Sessions
from holdfast.backupsets.layout import declared_dataset
from holdfast.clock import Clock
from holdfast.demo.data import refuse_unusable
from holdfast.demo.drilling import GAME_DAY, IMMUTABILITY, OBJECT_RECOVERY, drill
from holdfast.demo.folder import prepared
from holdfast.demo.objectives import objectives
from holdfast.demo.outcome import Outcome
from holdfast.demo.provisioning import apply, deployment_of, plan, prove, push, review
from holdfast.demo.steps import Steps, View
from holdfast.demo.systems import refuse_unplayable, start_systems
from holdfast.demo.verifying import verify_evidence
from holdfast.environments.model import Environment
from holdfast.locking import file_lock


@dataclass(frozen=True)
class Demo:
    """What a demo runs with.

    Args:
        environment: one marked `sandbox: true`.
        dataset: the dataset the files are pushed as.
        declared_in: folder of the environment files.
        home: the demo's own folder, apart from everything else Holdfast keeps.
        programs: where Terraform may have been fetched to.
        project: the folder whose files are pushed when `data` is not given.
        data: a directory of the user's own.
        commit: the git commit the demo speaks of, if any.
        full: whether a table and a database are lost as well, on a game day.
    """

    environment: Environment
    dataset: str
    declared_in: Path
    home: Path
    programs: Path
    project: Path
    data: Path | None
    commit: str | None
    full: bool = False

    @property
    def game_day(self) -> Path:
        """The steps of the full demo's game day."""
        return self.declared_in / "game-days" / f"{self.environment.environment}.yaml"


def run_demo(demo: Demo, view: View, clock: Clock) -> Outcome:
    """Run every step and return what came of it. The local AWS is stopped, whatever happens.

    Raises:
        InputError, ToolError: the dataset, the data or PostgreSQL cannot be used; nothing was started.
        HoldfastError: a step could not be carried out. What it wrote stays in the demo's folder; nothing runs on.
    """
    declared_dataset(demo.environment, demo.dataset)
    if demo.data is not None:
        refuse_unusable(demo.data)
    if demo.full:
        refuse_unplayable(demo.environment, demo.game_day)
    outcome = Outcome(demo.environment.environment, clock.now(), demo.commit)
    steps, started = Steps(view, clock), clock.monotonic()
    outcome.steps = steps.finished
    with file_lock(demo.home / "demo.lock", clock, doing="running a demo", patience=0):
        prepared(demo.home, demo.environment.environment, clock)
        try:
            with steps.step("Start a local AWS") as step:
                endpoints = sandbox.start(demo.home, account=demo.environment.accounts.workload, clock=clock)
                step.done(f"emulators on loopback at {endpoints.default}, IAM enforced")
            _main_job(demo, outcome, steps, endpoints, clock)
        finally:
            with steps.step("Stop the local AWS") as step:
                step.done(f"{len(sandbox.stop(demo.home, clock=clock))} emulators ended")
    outcome.duration_seconds = clock.monotonic() - started
    return outcome


def _main_job(demo: Demo, outcome: Outcome, steps: Steps, endpoints: Endpoints, clock: Clock) -> None:
    environment, home = demo.environment, demo.home
    prove(environment, outcome, steps, clock)
    deployment = deployment_of(environment, home, demo.programs, steps)
    with deployment.locked():
        planned = plan(deployment, outcome, steps)
        review(planned, outcome, steps, clock)
        apply(deployment, planned, steps)
    sessions = Sessions(environment, endpoints, clock=clock)
    push(demo.data, demo.project, demo.dataset, sessions, home=home, outcome=outcome, steps=steps, clock=clock)
    if demo.full:
        start_systems(sessions, home, steps, clock)
    for kind, dataset in ((GAME_DAY if demo.full else OBJECT_RECOVERY, demo.dataset), (IMMUTABILITY, None)):
        drill(
            kind,
            None if kind == GAME_DAY else dataset,
            sessions,
            home=home,
            declared_in=demo.declared_in,
            outcome=outcome,
            steps=steps,
            clock=clock,
            game_day=demo.game_day if kind == GAME_DAY else None,
        )
    verify_evidence(sessions, home, outcome, steps, clock)
    outcome.objectives = objectives(outcome)
