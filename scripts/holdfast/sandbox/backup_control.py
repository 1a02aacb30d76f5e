"""What a user of the sandbox may do to its AWS Backup and to no real one: follow the plans now, switch on faults."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from holdfast.aws.endpoints import Endpoints
from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.clock import Clock
from holdfast.sandbox.emulators import EMULATORS
from holdfast.sandbox.errors import BackupJobsUnfinished, ControlRefused, NoFaultsThere

FAULTS, PLANS = "/_holdfast/faults", "/_holdfast/run-plans"
_SECONDS = 30.0
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class JobSeen:
    """A job that is over: `what` is `backup` or `copy`."""

    what: str
    resource: str
    vault: str
    state: str
    message: str


def require_faults(service: str) -> None:
    """Check that a service is one of the sandbox's own, which can be made to fail.

    Args:
        service: boto3's name of it.

    Raises:
        NoFaultsThere: it is none, naming those there are.
    """
    allowed = sorted(name for each in EMULATORS for name in each.services)
    if service not in allowed:
        raise NoFaultsThere(service=service, allowed=", ".join(allowed))


def faults(endpoints: Endpoints, service: str = "backup") -> list[dict[str, Any]]:
    """The faults that are on in a service of the sandbox's own, by boto3's name of it.

    Raises:
        NoFaultsThere: it is none of those.
        ControlRefused: it does not answer.
    """
    require_faults(service)
    return list(_ask(endpoints, service, "GET", FAULTS)["faults"])


def switch_on(endpoints: Endpoints, wanted: Iterable[dict[str, Any]], service: str = "backup") -> list[dict[str, Any]]:
    """Switch these faults on and all others off; returns those that are on now.

    Raises:
        NoFaultsThere: the service has none.
        ControlRefused: one of them is none, naming what is allowed.
    """
    require_faults(service)
    return list(_ask(endpoints, service, "PUT", FAULTS, {"faults": list(wanted)})["faults"])


def run_plans(sessions: Sessions, clock: Clock, *, patience: float = 120.0) -> list[JobSeen]:
    """Follow every rule of an environment's backup plans now, and wait until the jobs and their copies are over.

    Args:
        sessions: of a sandbox environment; its plans are those of its datasets, in the primary Region.
        clock: time.
        patience: seconds to wait.

    Raises:
        BackupJobsUnfinished: some are not over by then.
    """
    region = sessions.environment.regions.primary
    plans = [sessions.names.backup_plan(each.name) for each in sessions.environment.datasets]
    begun = _ask(sessions.endpoints, "backup", "POST", PLANS, {"region": region, "plans": plans})["jobs"]
    backup, deadline = sessions.client("backup", region), clock.monotonic() + patience
    done: list[JobSeen] = []
    for job_id in begun:
        with translated("look at a backup job"):
            while "CompletionDate" not in (job := backup.describe_backup_job(BackupJobId=job_id)):
                _wait(clock, deadline)
        done.append(_seen("backup", job, job["BackupVaultName"]))
        if "RecoveryPointArn" in job:
            done += _copies(backup, job["RecoveryPointArn"], clock, deadline)
    return done


def _copies(backup: Any, point: str, clock: Clock, deadline: float) -> list[JobSeen]:
    with translated("look at the copy jobs"):
        while True:
            found = backup.list_copy_jobs(BySourceRecoveryPointArn=point)["CopyJobs"]
            if all("CompletionDate" in each for each in found):
                return [_seen("copy", each, each["DestinationBackupVaultArn"]) for each in found]
            _wait(clock, deadline)


def _seen(what: str, job: dict[str, Any], vault: str) -> JobSeen:
    return JobSeen(what, job["ResourceArn"], vault, job["State"], job.get("StatusMessage", ""))


def _wait(clock: Clock, deadline: float) -> None:
    if clock.monotonic() >= deadline:
        raise BackupJobsUnfinished
    clock.sleep(_POLL_SECONDS)


def _ask(
    endpoints: Endpoints, service: str, method: str, path: str, document: dict[str, Any] | None = None
) -> dict[str, Any]:
    trusting = ssl.create_default_context(cafile=endpoints.ca_bundle)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting))
    request = urllib.request.Request(  # noqa: S310  the endpoints of a sandbox are loopback addresses
        f"{endpoints.url(service)}{path}",
        data=json.dumps(document or {}).encode(),
        headers={"Authorization": f"Bearer {endpoints.secret_key}", "Content-Type": "application/json"},
        method=method,
    )
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        raise ControlRefused(because=_message(error.read())) from error
    except (OSError, ValueError) as error:
        raise ControlRefused(because=error) from error


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:200]
