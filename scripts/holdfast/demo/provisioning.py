"""The first half of the demo: declared, proved, planned, reviewed, applied, and files pushed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from holdfast import sandbox
from holdfast.aws.sessions import Sessions
from holdfast.backupsets.push import push as push_files
from holdfast.clock import Clock
from holdfast.demo.data import demo_data
from holdfast.demo.outcome import Outcome
from holdfast.demo.steps import Steps
from holdfast.environments.model import Environment
from holdfast.environments.proving import prove_environment
from holdfast.reports.page import humane_bytes
from holdfast.review.finding import Severity
from holdfast.review.load import load_plans
from holdfast.review.review import Verdict
from holdfast.review.review import review as review_plans
from holdfast.terraform import Deployment, PlannedStack, Terraform
from holdfast.terraform.events import Event, EventKind


def prove(environment: Environment, outcome: Outcome, steps: Steps, clock: Clock) -> None:
    """Prove what the environment declares, before anything exists."""
    with steps.step("Prove objectives, locks and coverage") as step:
        report = prove_environment(environment, clock.now())
        outcome.proofs, outcome.prove_verdict = report.document()["proofs"], report.verdict
        verdicts = [proof["verdict"] for proof in outcome.proofs]
        counts = [f"{verdicts.count(each)} {each}" for each in ("proved", "conditional", "refuted") if each in verdicts]
        more = f"; see holdfast prove {environment.environment}" if report.verdict != "proved" else ""
        step.done(", ".join(counts) + more, good=report.verdict != "refuted")


def deployment_of(environment: Environment, home: Path, programs: Path, steps: Steps) -> Deployment:
    """Synthesize the stacks and find the Terraform that will carry them out."""
    with steps.step("Synthesize the stacks") as step:
        from holdfast.stacks.app import synthesize

        stacks = synthesize(environment, home / environment.environment)
        step.done(f"{', '.join(stack.name for stack in stacks)}")

    def show(event: Event) -> None:
        if event.kind in (EventKind.STARTED, EventKind.DONE, EventKind.COMMAND):
            steps.progress(f"{event.stack}: {event.address or event.text}")

    variables = os.environ | {"PATH": os.pathsep.join([str(programs), os.environ.get("PATH", "")])}
    terraform = Terraform.find(home, progress=show, watch=sandbox.watch(home), variables=variables)
    return Deployment(environment, stacks, terraform, trim=sandbox.without_omitted)


def plan(deployment: Deployment, outcome: Outcome, steps: Steps) -> list[PlannedStack]:
    """Plan all stacks with the real provider."""
    with steps.step("Plan with Terraform") as step:
        planned = deployment.plan()
        outcome.declared_not_exercised = [
            {"address": f"{stack.name}: {each.address}", "type": each.type, "reason": each.reason}
            for stack in planned
            for each in stack.omitted
        ]
        binary = deployment.terraform.binary
        changes = sum(len(stack.summary.changes) for stack in planned)
        step.done(f"{changes} resources to create, {binary.product} {binary.version}")
    return planned


def review(planned: Sequence[PlannedStack], outcome: Outcome, steps: Steps, clock: Clock) -> None:
    """Review the plans as a pull request would be."""
    with steps.step("Review the plans") as step:
        found = review_plans(
            load_plans([stack.workspace.plan_json for stack in planned]), now=clock.now(), threshold=Severity.HIGH
        )
        document = found.document()
        counts = ", ".join(f"{count} {severity}" for severity, count in found.counts.items() if count)
        summary = f"{found.verdict.value}: {counts}" if counts else found.verdict.value
        outcome.review = {**document, "summary": summary}
        step.done(summary, good=found.verdict is Verdict.CLEAN)


def apply(deployment: Deployment, planned: Sequence[PlannedStack], steps: Steps) -> None:
    """Apply the reviewed plans."""
    with steps.step("Apply with Terraform") as step:
        deployment.apply(planned)
        step.done(f"{sum(len(stack.summary.changes) for stack in planned)} resources in {len(planned)} stacks")


def push(
    data: Path | None,
    project: Path,
    dataset: str,
    sessions: Sessions,
    *,
    home: Path,
    outcome: Outcome,
    steps: Steps,
    clock: Clock,
) -> None:
    """Push the demo's files into both Regions."""
    with steps.step("Push files into both Regions, under lock") as step:
        folder = demo_data(data, project, home / "data")
        pushed = push_files(
            sessions.environment,
            sessions,
            dataset,
            folder,
            leave_out=(home.parent,),  # Holdfast's own folder changes meanwhile, and holds keys
            clock=clock,
            progress=lambda at: step.progress(f"{at.files} files, {at.objects_secured} objects locked"),
        )
        outcome.data = pushed.document()
        until = min(pushed.retain_until.values())
        step.done(
            f"{pushed.files} files, {humane_bytes(pushed.bytes)}, {pushed.lock_mode} until {until:%Y-%m-%d %H:%M} UTC"
        )
