"""Taking away what a drill restored: by its own journal, and by name and tag when nothing else is left of it."""

from __future__ import annotations

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.drills.aws_backup.errors import RestoredResourceLost, RestoreJobFailed, RestoreJobUnfinished
from holdfast.drills.aws_backup.points import TYPES, place_of
from holdfast.drills.aws_backup.restoring import BUCKET, JOB, wait
from holdfast.drills.aws_backup.targets import leftovers, remove
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned
from holdfast.environments.model import Environment, Scenario
from holdfast.environments.names import DRILL_RESTORER


def clean_up(drill: Drill) -> Cleaned:
    """Delete what the drill's restore jobs made, once they are over, and the bucket it made for them.

    A restore job cannot be stopped: one that is still running is waited for, as the drill would have.
    """
    created: list[str] = []
    removed: list[str] = []
    orphaned: list[str] = []
    for arn, region, problem in _made(drill):
        if arn in created:
            continue
        created.append(arn)
        why = problem or remove(drill.sessions, region, arn)
        if why is None:
            removed.append(arn)
        else:
            orphaned.append(f"{arn}: {why}")
    return Cleaned(created=tuple(created), removed=tuple(removed), orphaned=tuple(orphaned))


def sweep(environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
    """Delete what drills left under their names, in both Regions, unless the drill is alive.

    Tables of the kind `dynamodb` bear the same names. Where nothing is protected so, nobody is asked.
    """
    if not any(each.kind in TYPES and (each.select.tags or each.select.arns) for each in environment.datasets):
        return Cleaned()
    alive = {each.lower() for each in living}
    created: list[str] = []
    removed: list[str] = []
    orphaned: list[str] = []
    for scenario in (Scenario.REGION_LOSS, Scenario.CORRUPTION):
        region = place_of(environment, scenario).region
        with translated(f"look for what drills left in {region}"):
            found = [(arn, drill) for arn, drill in leftovers(environment, sessions, region) if drill not in alive]
        for arn, _ in found:
            if arn in created:
                continue
            created.append(arn)
            why = remove(sessions, region, arn)
            (removed if why is None else orphaned).append(arn if why is None else f"{arn}: {why}")
    return Cleaned(created=tuple(created), removed=tuple(removed), orphaned=tuple(orphaned))


def _made(drill: Drill) -> list[tuple[str, str, str | None]]:
    """ARN, Region, and why it cannot be removed yet, of everything the journal says was made or begun."""
    found: list[tuple[str, str, str | None]] = []
    for each in drill.steps(JOB):
        region = each.announced["region"]
        job = each.outcome["job"] if each.outcome else _job_begun(drill, each.announced)
        if job is None:
            continue
        try:
            made = wait(drill, drill.sessions.client("backup", region, role=DRILL_RESTORER), job).created
        except RestoreJobUnfinished as error:
            found.append((f"restore job {job}", region, error.message))
        except (RestoreJobFailed, RestoredResourceLost):
            found += [(arn, region, None) for arn in _half_made(drill, each.announced)]
        else:
            found.append((made, region, None))
    found += [
        (f"arn:aws:s3:::{each.announced['bucket']}", each.announced["region"], None) for each in drill.steps(BUCKET)
    ]
    return found


def _half_made(drill: Drill, announced: dict[str, str]) -> list[str]:
    """What a job that failed may have left under the target's name."""
    if announced["type"] != "DynamoDB":
        return []
    account = drill.environment.accounts.backup
    return [f"arn:aws:dynamodb:{announced['region']}:{account}:table/{announced['target']}"]


def _job_begun(drill: Drill, announced: dict[str, str]) -> str | None:
    """The job of a drill that died between asking for it and writing its id down."""
    backup = drill.sessions.client("backup", announced["region"], role=DRILL_RESTORER)
    with translated("look for the restore job"):
        for page in backup.get_paginator("list_restore_jobs").paginate():
            for job in page["RestoreJobs"]:
                if job.get("RecoveryPointArn") == announced["point"] and announced["target"] in str(
                    job.get("CreatedResourceArn", "")
                ):
                    return str(job["RestoreJobId"])
    return None
