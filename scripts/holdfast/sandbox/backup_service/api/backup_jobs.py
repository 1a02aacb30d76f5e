"""Backup jobs: a resource's content as of now, as a recovery point in a vault.

https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-backup.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from holdfast.sandbox.backup_service import jobs, keys
from holdfast.sandbox.backup_service.api.plans import check_lifecycle
from holdfast.sandbox.backup_service.api.vault_locks import require_retention
from holdfast.sandbox.backup_service.arns import Home, resource_name, resource_type
from holdfast.sandbox.backup_service.contents import reading
from holdfast.sandbox.backup_service.contents.content import Content
from holdfast.sandbox.backup_service.contents.errors import JobFailure
from holdfast.sandbox.backup_service.errors import invalid_request, not_found
from holdfast.sandbox.backup_service.faults import Effect
from holdfast.sandbox.backup_service.records import AIR_GAPPED_VAULT, Job, RecoveryPoint
from holdfast.sandbox.backup_service.roles import require_role
from holdfast.sandbox.backup_service.world import Request, World, new_id, paged, serves
from holdfast.sandbox.service.values import Values

Then = Callable[[RecoveryPoint], None]


@serves("StartBackupJob")
def start(request: Request) -> Values:
    """Begin a job. A token used before answers with the job it began."""
    given, here, world = request.given, request.here, request.world
    token = given.get("IdempotencyToken")
    vault, arn = request.vault(), given["ResourceArn"]
    if vault.type == AIR_GAPPED_VAULT:
        raise invalid_request("A logically air-gapped vault takes copies only")
    kind = resource_type(arn)
    if not ({kind: True} | here.opt_in)[kind]:
        raise invalid_request(f"Resource type {kind} is not opted in to in {request.home.region}")
    require_role(world.clients("iam", request.home.region), given["IamRoleArn"])
    lifecycle = check_lifecycle(given.get("Lifecycle", {}))
    job = here.tokens.get(token) if token else None
    if job is None:
        job = begin(
            world,
            request.home,
            vault.name,
            arn,
            given["IamRoleArn"],
            lifecycle=lifecycle,
            tags=given.get("RecoveryPointTags", {}),
        )
        if token:
            here.tokens[token] = job
    return {"BackupJobId": job.id, "CreationDate": job.created, "RecoveryPointArn": job.more.get("RecoveryPointArn")}


def begin(
    world: World,
    home: Home,
    vault: str,
    resource_arn: str,
    role: str,
    *,
    lifecycle: dict[str, int],
    tags: dict[str, str],
    created_by: Values | None = None,
    then: Then | None = None,
) -> Job:
    """Begin a backup job, asked for by somebody or by a plan.

    Args:
        then: what to do with the recovery point once it is there, such as copies.
    """
    arn = world.vault(home, vault).arn
    more = {"BackupVaultName": vault, "BackupVaultArn": arn, "CreatedBy": created_by}
    job = jobs.new_job(world, home, "backup", resource_arn, role, **more)
    world.region(home).backup_jobs[job.id] = job

    def work() -> None:
        point = _make_point(world, job, vault, lifecycle)
        world.region(home).tags[point.arn] = (
            reading.tags_of(world.clients, home, job.resource_type, resource_arn) | tags
        )
        if then is not None:
            then(point)

    jobs.run(world, job, work)
    return job


@serves("DescribeBackupJob")
def describe(request: Request) -> Values:
    """Tell of one job."""
    return _told(_one(request))


@serves("ListBackupJobs")
def list_all(request: Request) -> Values:
    """Tell of the jobs of the Region, newest first."""
    given = request.given
    found = [
        each
        for each in request.here.backup_jobs.values()
        if given.get("ByResourceArn") in (None, each.resource_arn)
        and given.get("ByState") in (None, each.state)
        and given.get("ByBackupVaultName") in (None, each.more["BackupVaultName"])
        and given.get("ByResourceType") in (None, each.resource_type)
        and (given.get("ByCreatedAfter") is None or each.created > given["ByCreatedAfter"])
        and (given.get("ByCreatedBefore") is None or each.created < given["ByCreatedBefore"])
    ]
    return paged(
        request, "BackupJobs", [_told(each) for each in sorted(found, key=lambda one: one.created, reverse=True)]
    )


@serves("StopBackupJob")
def stop(request: Request) -> Values:
    """End a job that is not over."""
    job = _one(request)
    if job.over:
        raise invalid_request(f"Backup job {job.id} is already in a terminal state")
    job.state, job.message, job.completed = "ABORTED", "Stopped by the user", request.now
    return {}


def _make_point(world: World, job: Job, vault_name: str, lifecycle: dict[str, int]) -> RecoveryPoint:
    home, arn = job.home, job.resource_arn
    require_retention(world.vault(home, vault_name), lifecycle)
    began = world.clock.now()
    content = _captured(world, job, vault_name)
    partial = world.faults.take(Effect.PARTIAL, arn, job="backup")
    if partial:
        content = content.with_parts(content.parts[:-1])
    back = world.faults.take(Effect.BACKDATE, arn, job="backup")
    with world.lock:
        if job.over:
            raise JobFailure(job.message or "", job.state)
        vault = world.vault(home, vault_name)
        point = RecoveryPoint(
            arn=home.arn("recovery-point", new_id()),
            vault=vault_name,
            home=home,
            resource_arn=arn,
            resource_type=job.resource_type,
            resource_name=resource_name(arn),
            created=began - timedelta(seconds=back.seconds if back else 0),
            completed=world.clock.now(),
            role=job.role,
            content=content,
            key_arn=vault.key_arn,
            wrapped_key=keys.wrap(world.clients("kms", home.region), vault.key_arn),
            lifecycle=lifecycle,
            status="PARTIAL" if partial else "COMPLETED",
            status_message=partial.message if partial else None,
            created_by=job.more.get("CreatedBy") or {},
        )
        vault.points[point.arn] = point
        job.more["RecoveryPointArn"], job.size = point.arn, content.size
    if partial:
        raise JobFailure(partial.message, "PARTIAL")
    return point


def _captured(world: World, job: Job, vault: str) -> Content:
    """What the resource holds now; under a fault, what it held the time before."""
    now = reading.capture(world.clients, world.blobs, job.home, job.resource_type, job.resource_arn)
    if not world.faults.take(Effect.STALE, job.resource_arn, job="backup"):
        return now
    before = [each for each in world.vault(job.home, vault).points.values() if each.resource_arn == job.resource_arn]
    newest = max(before, key=lambda each: each.created, default=None)
    return newest.content if newest else now.with_parts(())


def _one(request: Request) -> Job:
    job = request.here.backup_jobs.get(str(request.given["BackupJobId"]))
    if job is None:
        raise not_found(f"Backup job {request.given['BackupJobId']} not found")
    return job


def _told(job: Job) -> Values:
    return jobs.told(job) | {"BackupJobId": job.id, "State": job.state, "StartBy": job.created + timedelta(hours=8)}
