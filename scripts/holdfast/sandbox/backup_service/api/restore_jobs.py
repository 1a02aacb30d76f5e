"""Restore jobs: a recovery point's content in a new resource, and what somebody found out about it.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-a-backup.html
"""

from __future__ import annotations

from holdfast.sandbox.backup_service import jobs, keys
from holdfast.sandbox.backup_service.api.recovery_points import point_by_arn
from holdfast.sandbox.backup_service.contents import reading
from holdfast.sandbox.backup_service.contents.content import Content
from holdfast.sandbox.backup_service.contents.errors import JobFailure
from holdfast.sandbox.backup_service.damage import damaged
from holdfast.sandbox.backup_service.errors import invalid_parameter, invalid_request, missing_parameter, not_found
from holdfast.sandbox.backup_service.faults import Effect
from holdfast.sandbox.backup_service.records import Job, RecoveryPoint
from holdfast.sandbox.backup_service.roles import require_role
from holdfast.sandbox.backup_service.world import Request, World, paged, serves
from holdfast.sandbox.service.damage import Damage
from holdfast.sandbox.service.values import Values


@serves("StartRestoreJob")
def start(request: Request) -> Values:
    """Begin a restore. A token used before answers with the job it began."""
    given, here, world = request.given, request.here, request.world
    point = point_by_arn(request, given["RecoveryPointArn"])
    if not given.get("IamRoleArn"):
        raise missing_parameter("IamRoleArn is required")
    require_role(world.clients("iam", request.home.region), given["IamRoleArn"])
    if given.get("ResourceType") not in (None, point.resource_type):
        raise invalid_parameter(f"The recovery point is of {point.resource_type}, not {given['ResourceType']}")
    token = given.get("IdempotencyToken")
    job = here.tokens.get(token) if token else None
    if job is None:
        job = _begin(world, point, given["IamRoleArn"], dict(given["Metadata"]))
        here.restore_jobs[job.id] = job
        if token:
            here.tokens[token] = job
        jobs.run(world, job, lambda: _restore(world, job, point))
    return {"RestoreJobId": job.id}


@serves("DescribeRestoreJob")
def describe(request: Request) -> Values:
    """Tell of one job."""
    return _told(_one(request))


@serves("ListRestoreJobs")
def list_all(request: Request) -> Values:
    """Tell of the jobs of the Region, newest first."""
    given = request.given
    found = [
        each
        for each in request.here.restore_jobs.values()
        if given.get("ByStatus") in (None, each.state) and given.get("ByResourceType") in (None, each.resource_type)
    ]
    return paged(
        request, "RestoreJobs", [_told(each) for each in sorted(found, key=lambda one: one.created, reverse=True)]
    )


@serves("GetRestoreJobMetadata")
def metadata(request: Request) -> Values:
    """What the job was asked with."""
    job = _one(request)
    return {"RestoreJobId": job.id, "Metadata": job.more["Metadata"]}


@serves("PutRestoreValidationResult")
def validate(request: Request) -> Values:
    """Say whether what was restored is right. Once it is said, it cannot be changed."""
    job = _one(request)
    if job.state != "COMPLETED":
        raise invalid_request(f"Restore job {job.id} is not completed")
    if job.more.get("ValidationStatus") in {"SUCCESSFUL", "FAILED", "TIMED_OUT"}:
        raise invalid_request(f"The validation status of restore job {job.id} is already set")
    job.more["ValidationStatus"] = request.given["ValidationStatus"]
    job.more["ValidationStatusMessage"] = request.given.get("ValidationStatusMessage")
    return {}


def _begin(world: World, point: RecoveryPoint, role: str, asked: dict[str, str]) -> Job:
    return jobs.new_job(
        world,
        point.home,
        "restore",
        point.resource_arn,
        role,
        RecoveryPointArn=point.arn,
        RecoveryPointCreationDate=point.created,
        SourceResourceArn=point.resource_arn,
        BackupVaultArn=point.home.arn("backup-vault", point.vault),
        ExpectedCompletionTimeMinutes=1,
        Metadata=asked,
        IsParent=False,
    )


def _restore(world: World, job: Job, point: RecoveryPoint) -> None:
    keys.unwrap(world.clients("kms", point.home.region), point.key_arn, point.wrapped_key)
    content = point.content
    fault = world.faults.take(Effect.DAMAGE, job.resource_arn, job="restore")
    if fault:
        content = damaged(content, world.blobs, Damage(fault.how), _before(world, point))
    if job.over:
        raise JobFailure(job.message or "", job.state)
    created = reading.restore(world.clients, world.blobs, job.home, content, job.more["Metadata"])
    with world.lock:
        job.more["CreatedResourceArn"], job.size = created, content.size
        point.last_restored = world.clock.now()


def _before(world: World, point: RecoveryPoint) -> Content | None:
    """What the recovery point before this one holds."""
    earlier = [
        each
        for each in world.vault(point.home, point.vault).points.values()
        if each.resource_arn == point.resource_arn and each.created < point.created
    ]
    newest = max(earlier, key=lambda each: each.created, default=None)
    return newest.content if newest else None


def _one(request: Request) -> Job:
    job = request.here.restore_jobs.get(str(request.given["RestoreJobId"]))
    if job is None:
        raise not_found(f"Restore job {request.given['RestoreJobId']} not found")
    return job


def _told(job: Job) -> Values:
    told = jobs.told(job)
    del told["ResourceArn"]
    return told | {"RestoreJobId": job.id, "Status": job.state}
