"""One restore job: asked for once, waited for in the service's own states, and never taken for done before it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from holdfast.aws.translate import translated
from holdfast.drills.aws_backup.errors import RestoredResourceLost, RestoreJobFailed, RestoreJobUnfinished
from holdfast.drills.aws_backup.points import RESTORE_ROLE, Place
from holdfast.drills.aws_backup.targets import (
    DRILL_TAG,
    ENVIRONMENT_TAG,
    Target,
    make_bucket,
    name_of,
    target_for,
)
from holdfast.drills.context import Drill
from holdfast.environments.names import DRILL_RESTORER

JOB, BUCKET = "start-restore-job", "make-bucket"
_FIRST_WAIT, _LONGEST_WAIT, _GROWTH = 0.25, 15.0, 1.5
_PATIENCE = 3
_WITHOUT_OBJECTIVE = timedelta(hours=6)
_WENT_WRONG = frozenset({"FAILED", "ABORTED"})


@dataclass(frozen=True)
class Job:
    """A restore job that completed."""

    id: str
    created: str
    size: int
    message: str


def restore(drill: Drill, place: Place, kind: str, point: str) -> Job:
    """Restore a recovery point into a resource of the drill's own, and wait.

    A drill that is taken up again asks with the same token and gets the same job.

    Raises:
        RestoreJobFailed: it ended otherwise than completed; with the service's status message.
        RestoreJobUnfinished: it took longer than three times the objective.
        ServiceError: AWS Backup refuses or does not answer.
    """
    region, backup = place.region, drill.sessions.client("backup", place.region, role=DRILL_RESTORER)
    target = target_for(kind, name_of(drill.environment, drill.drill_id), region)
    if target.made_before:
        _make(drill, target, region)
    with drill.step(JOB, point=point, region=region, type=kind, target=target.name) as step:
        with translated("start the restore job"):
            told = backup.start_restore_job(
                RecoveryPointArn=point,
                IamRoleArn=drill.names.role_arn(RESTORE_ROLE, account=place.account),
                ResourceType=kind,
                Metadata=_metadata(backup, place, point) | dict(target.metadata),
                IdempotencyToken=drill.drill_id,
            )
        step.done(job=told["RestoreJobId"])
    return wait(drill, backup, told["RestoreJobId"])


def wait(drill: Drill, backup: Any, job: str) -> Job:
    """Wait until a restore job is over.

    Raises:
        RestoreJobFailed, RestoreJobUnfinished, ServiceError: as `restore`.
    """
    patience, pause = patience_of(drill).total_seconds(), _FIRST_WAIT
    began, said = drill.clock.monotonic(), ""
    while True:
        with translated("look at the restore job"):
            told = backup.describe_restore_job(RestoreJobId=job)
        state, message = told["Status"], told.get("StatusMessage") or "no reason given"
        if state in _WENT_WRONG:
            raise RestoreJobFailed(job=job, state=state, message=message)
        if state == "COMPLETED":
            if not told.get("CreatedResourceArn"):
                raise RestoredResourceLost(job=job, state=state)
            size = int(told.get("BackupSizeInBytes", 0))
            return Job(job, told["CreatedResourceArn"], size, told.get("StatusMessage") or "")
        waited = drill.clock.monotonic() - began
        if waited > patience:
            raise RestoreJobUnfinished(job=job, state=state, seconds=waited)
        if state != said:
            drill.say(f"restore job {job} is {state.lower()}")
            said = state
        drill.clock.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_WAIT)


def patience_of(drill: Drill) -> timedelta:
    """How long a drill waits for a restore: three times the recovery time that is the objective."""
    dataset = drill.environment.dataset(str(drill.spec.dataset))
    tier = drill.environment.tier_of(dataset) if dataset else None
    objective = tier.rto.get(drill.spec.scenario) if tier and drill.spec.scenario else None
    return _PATIENCE * objective if objective else _WITHOUT_OBJECTIVE


def _make(drill: Drill, target: Target, region: str) -> None:
    tags = {
        DRILL_TAG: drill.drill_id,
        ENVIRONMENT_TAG: drill.environment.environment,
        "holdfast:dataset": str(drill.spec.dataset),
    }
    with drill.step(BUCKET, bucket=target.name, region=region) as step, translated("make the bucket to restore into"):
        make_bucket(drill.sessions.client("s3", region, role=DRILL_RESTORER), target.name, region, tags)
        step.done()


def _metadata(backup: Any, place: Place, point: str) -> dict[str, str]:
    """What the recovery point says a restore takes; the source's own name is overwritten by the target's."""
    told = backup.get_recovery_point_restore_metadata(BackupVaultName=place.vault, RecoveryPointArn=point)
    return dict(told.get("RestoreMetadata", {}))
