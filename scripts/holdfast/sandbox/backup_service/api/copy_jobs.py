"""Copy jobs: a recovery point once more, in another vault, mostly in another Region.

https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
"""

from __future__ import annotations

from dataclasses import replace

from holdfast.sandbox.backup_service import jobs, keys
from holdfast.sandbox.backup_service.api.plans import check_lifecycle
from holdfast.sandbox.backup_service.api.recovery_points import point_in
from holdfast.sandbox.backup_service.api.vault_locks import require_retention
from holdfast.sandbox.backup_service.arns import Home, VaultArn, vault_of
from holdfast.sandbox.backup_service.contents import reading
from holdfast.sandbox.backup_service.contents.errors import JobFailure
from holdfast.sandbox.backup_service.errors import not_found
from holdfast.sandbox.backup_service.faults import Effect
from holdfast.sandbox.backup_service.records import AIR_GAPPED_VAULT, Job, RecoveryPoint
from holdfast.sandbox.backup_service.roles import require_role
from holdfast.sandbox.backup_service.world import Request, World, new_id, paged, serves
from holdfast.sandbox.service.values import Values


@serves("StartCopyJob")
def start(request: Request) -> Values:
    """Begin a copy."""
    given, world = request.given, request.world
    source = world.vault(request.home, given["SourceBackupVaultName"])
    target = vault_of(given["DestinationBackupVaultArn"])
    world.vault(target.home, target.name)
    require_role(world.clients("iam", request.home.region), given["IamRoleArn"])
    point = point_in(world, source, given["RecoveryPointArn"])
    job = begin(world, point, target, given["IamRoleArn"], check_lifecycle(given.get("Lifecycle", {})))
    return {"CopyJobId": job.id, "CreationDate": job.created}


def begin(world: World, point: RecoveryPoint, target: VaultArn, role: str, lifecycle: dict[str, int]) -> Job:
    """Begin a copy job, asked for by somebody or by a plan."""
    home = point.home
    job = jobs.new_job(
        world,
        home,
        "copy",
        point.resource_arn,
        role,
        SourceBackupVaultArn=world.vault(home, point.vault).arn,
        SourceRecoveryPointArn=point.arn,
        DestinationBackupVaultArn=target.home.arn("backup-vault", target.name),
        CreatedBy=point.created_by,
    )
    world.region(home).copy_jobs[job.id] = job
    jobs.run(world, job, lambda: _copy(world, job, point, target, lifecycle))
    return job


@serves("DescribeCopyJob")
def describe(request: Request) -> Values:
    """Tell of one job."""
    job = request.here.copy_jobs.get(str(request.given["CopyJobId"]))
    if job is None:
        raise not_found(f"Copy job {request.given['CopyJobId']} not found")
    return {"CopyJob": _told(job)}


@serves("ListCopyJobs")
def list_all(request: Request) -> Values:
    """Tell of the jobs of the source Region, newest first."""
    given = request.given
    found = [
        each
        for each in request.here.copy_jobs.values()
        if given.get("ByResourceArn") in (None, each.resource_arn)
        and given.get("ByState") in (None, each.state)
        and given.get("ByDestinationVaultArn") in (None, each.more["DestinationBackupVaultArn"])
        and given.get("BySourceRecoveryPointArn") in (None, each.more["SourceRecoveryPointArn"])
        and given.get("ByResourceType") in (None, each.resource_type)
    ]
    return paged(
        request, "CopyJobs", [_told(each) for each in sorted(found, key=lambda one: one.created, reverse=True)]
    )


def _copy(world: World, job: Job, point: RecoveryPoint, target: VaultArn, lifecycle: dict[str, int]) -> None:
    home: Home = target.home
    vault = world.vault(home, target.name)
    asked = lifecycle or point.lifecycle
    if vault.type == AIR_GAPPED_VAULT and not asked.get("DeleteAfterDays"):
        raise JobFailure("A copy into a logically air-gapped vault needs a retention period")
    require_retention(vault, asked)
    keys.unwrap(world.clients("kms", point.home.region), point.key_arn, point.wrapped_key)
    partial = world.faults.take(Effect.PARTIAL, point.resource_arn, job="copy")
    content = reading.carried(world.clients, point.content, point.home, home)
    if partial:
        content = content.with_parts(content.parts[:-1])
    wrapped = keys.wrap(world.clients("kms", home.region), vault.key_arn)
    with world.lock:
        copy = replace(
            point,
            arn=home.arn("recovery-point", new_id()),
            vault=vault.name,
            home=home,
            completed=world.clock.now(),
            content=content,
            key_arn=vault.key_arn,
            wrapped_key=wrapped,
            lifecycle=asked,
            status="PARTIAL" if partial else point.status,
            source_vault_arn=job.more["SourceBackupVaultArn"],
        )
        vault.points[copy.arn] = copy
        world.region(home).tags[copy.arn] = dict(world.region(point.home).tags.get(point.arn, {}))
        job.more["DestinationRecoveryPointArn"], job.size = copy.arn, content.size
    if partial:
        raise JobFailure(partial.message, "PARTIAL")


def _told(job: Job) -> Values:
    return jobs.told(job) | {"CopyJobId": job.id, "State": job.state}
