"""How a job runs: beside the calls, as long as a fault says, and to one of the ends a job can come to."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from holdfast.sandbox.backup_service.arns import Home, resource_type
from holdfast.sandbox.backup_service.contents.errors import JobFailure
from holdfast.sandbox.backup_service.faults import Effect
from holdfast.sandbox.backup_service.records import Job
from holdfast.sandbox.backup_service.world import World, new_id
from holdfast.sandbox.service.values import Values

_ENDS = {Effect.FAIL: "FAILED", Effect.ABORT: "ABORTED", Effect.EXPIRE: "EXPIRED"}
_POLL_SECONDS = 0.05


def new_job(world: World, home: Home, kind: str, resource_arn: str, role: str, **more: object) -> Job:
    """A job that has not begun."""
    return Job(
        id=new_id(),
        home=home,
        kind=kind,
        created=world.clock.now(),
        resource_arn=resource_arn,
        resource_type=resource_type(resource_arn),
        role=role,
        state="CREATED" if kind != "restore" else "PENDING",
        more=dict(more),
    )


def run(world: World, job: Job, work: Callable[[], None]) -> None:
    """Do a job's work in the background; whatever happens, the job comes to an end.

    Args:
        world: where the job is.
        job: the job.
        work: what it does; a `JobFailure` from it is the end the job comes to.
    """

    def carry_out() -> None:
        try:
            _wait(world, job)
            _strike(world, job)
            work()
        except JobFailure as failure:
            _end(world, job, failure.state, failure.message)
        except Exception as error:  # noqa: BLE001  a job of a real service ends, whatever goes wrong in it
            traceback.print_exc()
            _end(world, job, "FAILED", f"Internal error: {type(error).__name__}")
        else:
            _end(world, job, "COMPLETED", job.message)

    world.in_background(carry_out)


def told(job: Job) -> Values:
    """What all jobs tell alike."""
    return {
        "AccountId": job.home.account,
        "CreationDate": job.created,
        "CompletionDate": job.completed,
        "IamRoleArn": job.role,
        "ResourceArn": job.resource_arn,
        "ResourceType": job.resource_type,
        "PercentDone": job.percent,
        "StatusMessage": job.message,
        "BackupSizeInBytes": job.size,
        **job.more,
    }


def _wait(world: World, job: Job) -> None:
    with world.lock:
        if not job.over:
            job.state = "RUNNING"
    delay = world.faults.take(Effect.DELAY, job.resource_arn, job=job.kind)
    until = world.clock.monotonic() + (delay.seconds if delay else 0.0)
    while (left := until - world.clock.monotonic()) > 0 and not job.over:
        world.clock.sleep(min(left, _POLL_SECONDS))


def _strike(world: World, job: Job) -> None:
    if job.over:
        raise JobFailure(job.message or "", job.state)
    for effect, state in _ENDS.items():
        fault = world.faults.take(effect, job.resource_arn, job=job.kind)
        if fault:
            raise JobFailure(fault.message, state)


def _end(world: World, job: Job, state: str, message: str | None) -> None:
    with world.lock:
        if not job.over:
            job.state, job.message, job.completed = state, message, world.clock.now()
            job.percent = "100.0" if state in {"COMPLETED", "PARTIAL"} else job.percent
