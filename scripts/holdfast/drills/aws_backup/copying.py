"""The copy job of a recovery point: the one that made it, or the one that copied it to the recovery Region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.aws.translate import translated
from holdfast.drills.context import Drill
from holdfast.drills.interface import CopyTimed, Nothing, RecoveryPoint
from holdfast.environments.model import Scenario
from holdfast.environments.names import DRILL_RESTORER, Names


def find_copy(drill: Drill, point: RecoveryPoint) -> CopyTimed | Nothing:
    """The newest completed job that copied a point into the copy vault, from its creation to its completion.

    In the scenario `corruption` the point is the source of the copy, else what the copy made. AWS Backup does not say
    which of the two Regions tells of a job that crosses them, so the Region of the source is asked and then that of the
    copy; it lists the jobs of the last 30 days
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListCopyJobs.html,
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CopyJob.html).

    Raises:
        ServiceError: AWS Backup refuses or does not answer.
    """
    names, regions = Names(drill.environment), drill.environment.regions
    source = drill.spec.scenario is Scenario.CORRUPTION
    field = "SourceRecoveryPointArn" if source else "DestinationRecoveryPointArn"
    asked: dict[str, Any] = {"ByDestinationVaultArn": names.copy_vault_arn, "ByState": "COMPLETED"}
    for region in (regions.primary, regions.recovery):
        with translated(f"list the copy jobs of {region}"):
            jobs = [each for each in _jobs(drill, region, asked) if each.get(field) == point.id]
        timed = [each for each in jobs if each.get("CompletionDate")]
        if timed:
            newest = max(timed, key=lambda each: each["CompletionDate"])
            return CopyTimed(
                job=newest["CopyJobId"],
                region=region,
                began_at=newest["CreationDate"],
                ended_at=newest["CompletionDate"],
            )
    return Nothing(reason=f"{_why(drill)}; the time of the copy stays an assumption")


def _jobs(drill: Drill, region: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    pages = (
        drill.sessions.client("backup", region, role=DRILL_RESTORER).get_paginator("list_copy_jobs").paginate(**asked)
    )
    for page in pages:
        yield from page["CopyJobs"]


def _why(drill: Drill) -> str:
    """Why no job was found: what another account copied, its own jobs tell, and only for 30 days."""
    accounts = drill.environment.accounts
    if accounts.workload != accounts.backup and drill.spec.scenario is not Scenario.CORRUPTION:
        return (
            f"no copy job of it is listed to account {accounts.backup}: account {accounts.workload} copied it; "
            "a drill in the scenario corruption, which runs there, times the copy"
        )
    return "no completed copy job of it is listed: it is older than AWS Backup tells of jobs, or was not copied"
