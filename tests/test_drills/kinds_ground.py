"""An applied environment in which every kind of drill has something to do: sets, tenants, a capture, replication."""

from __future__ import annotations

import json
import os
import random
from contextlib import contextmanager
from pathlib import Path

from applied_ground import PRIMARY, RECOVERY, Applied, make_environment

from holdfast.capture.keeping import capture_and_push
from holdfast.capture.sources import Sources
from holdfast.clock import SystemClock
from holdfast.drills.engine import execution_of
from holdfast.drills.folders import Folders, empty_target, make_scratch
from holdfast.drills.interface import Survey
from holdfast.drills.journal import Journal
from holdfast.drills.phases import Phase
from holdfast.drills.preflight import admit
from holdfast.drills.spec import DrillSpec, new_drill_id

DATASETS = [
    {"name": "project", "kind": "files", "tier": "demo"},
    {"name": "configuration", "kind": "configuration", "tier": "demo"},
    {"name": "exports", "kind": "s3", "tier": "demo", "tenants": {"by": "prefix"}},
]
WEAK = {"mode": "GOVERNANCE", "minimum": "1d", "maximum": "30d"}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def ready(emulator, folder: Path, **changes) -> Applied:
    """An environment with all datasets, applied and empty."""
    return Applied(make_environment(**{"datasets": DATASETS, **changes}), emulator, folder).apply()


def declared_in(applied: Applied) -> Path:
    folder = applied.folder / "declared"
    folder.mkdir(exist_ok=True)
    (folder / f"{applied.environment.environment}.yaml").write_text(json.dumps(applied.environment.document()))
    return folder


def sources_of(applied: Applied) -> Sources:
    return Sources(declared_in(applied), applied.folder / "states")


def captured(applied: Applied):
    return capture_and_push(applied.sessions, sources_of(applied), home=applied.home)


def push_tenant(applied: Applied, tenant: str, files: dict[str, bytes]):
    """A set of one tenant, of exactly these files."""
    source = applied.folder / f"of-{tenant}"
    for name, content in files.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    from holdfast.backupsets.push import push

    return push(applied.environment, applied.sessions, "exports", source, tenant=tenant)


def replicate(applied: Applied, *, prefix: str = "streams/", status: str = "Enabled") -> None:
    """What the primary stack declares of replication."""
    rule = {
        "ID": "streams",
        "Priority": 1,
        "Status": status,
        "Filter": {"Prefix": prefix},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{applied.bucket(RECOVERY)}"},
    }
    applied.s3().put_bucket_replication(
        Bucket=applied.bucket(),
        ReplicationConfiguration={"Role": applied.names.role_arn("replication"), "Rules": [rule]},
    )


def make_role(applied: Applied, purpose: str, *, condition=None, policy=None) -> None:
    """A role of the environment with a trust and a policy of its own."""
    statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}
    iam = applied.sessions.client("iam", PRIMARY)
    name = applied.names.role(purpose)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    document = {
        "Version": "2012-10-17",
        "Statement": policy or [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}],
    }
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(document))


def spec_for(applied: Applied, kind: str, **more) -> DrillSpec:
    return DrillSpec(environment=applied.environment.environment, kind=kind, **more)


@contextmanager
def begun(applied: Applied, spec: DrillSpec):
    """A drill whose preflight is over, to call the methods of its kind one by one: yields kind and drill."""
    surroundings = applied.surroundings
    admitted = admit(spec, applied.environment, surroundings.kinds, confirm=None)
    drill_id = new_drill_id(SystemClock().now(), random.SystemRandom())
    folders = Folders(applied.home, applied.environment.environment, drill_id)
    folders.drill.mkdir(parents=True)
    journal = Journal.create(folders.journal, SystemClock())
    journal.append("phase-begin", Phase.DECLARE, drill_id=drill_id, spec=admitted.model_dump(mode="json"))
    survey = Survey(principals={}, skew_seconds=0.0)
    journal.append("phase-end", Phase.PREFLIGHT, outcome=survey.model_dump(mode="json"))
    execution = execution_of(journal, folders, surroundings)
    make_scratch(folders)
    empty_target(folders)
    try:
        yield execution.kind, execution.drill()
    finally:
        journal.close()


def failed(result) -> set[str]:
    return {check.id for check in result.checks if check.outcome == "failed"}


def noise(size: int) -> bytes:
    return os.urandom(size)
