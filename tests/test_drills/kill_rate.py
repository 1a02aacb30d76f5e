"""Run every verifier against deliberately damaged restores, and write down what found each damage.

Usage: kill_rate.py [KIND …] [--write]    writes docs/kill-rate.md from a run against a sandbox of its own

Of kinds that are not named the page stays as it is. What is not in `everything` is compared with the page where it is
run: services in `test_kill_rate`, volumes in `test_ebs_damaged`, servers, each row of which takes a drill, in
`test_postgres_damaged` and `test_rds_damaged`.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from applied_ground import PRIMARY, RECOVERY
from damages import FILE_DAMAGES
from ebs_damages import of_volumes
from kill_page import rewrite
from kill_rate_services import of_postgres, of_services
from kill_rows import Row, row
from kinds_ground import WEAK, begun, captured, push_tenant, ready, spec_for
from rds_damages import of_instances

from holdfast.backupsets.fetch import open_set
from holdfast.backupsets.layout import COMMIT
from holdfast.clock import SystemClock
from holdfast.drills.checks import Check
from holdfast.drills.configuration.usable import usable
from holdfast.drills.engine import run
from holdfast.drills.key_loss.object_keys import every_set_has_a_copy, keys_of_objects
from holdfast.drills.recovery_points import choose, region_of
from holdfast.drills.replication.arrival import Arrival, Replica, wrong_content, wrong_protection
from holdfast.drills.replication.canaries import StreamCanary, body_of
from holdfast.drills.replication.kind import LIMIT, checks_of
from holdfast.drills.verdict import Verdict, judge

TIERS = {
    "demo": {
        "rpo": dict.fromkeys(("corruption", "region_loss", "key_loss"), "24h"),
        "rto": dict.fromkeys(("corruption", "region_loss", "key_loss"), "1h"),
        "rules": [{"name": "daily", "schedule": "rate(1 day)", "delete_after": "3d"}],
    }
}
OWN, OTHER = "arn:aws:kms:us-west-2:000000000000:key/own", "arn:aws:kms:us-east-1:000000000000:key/other"


def of_files(applied, kind: str, **scope) -> Iterator[Row]:
    """Restore once; then, for each damage, put back what was restored, damage it, and verify."""
    with begun(applied, spec_for(applied, kind, **scope)) as (drilled, drill):
        selection = drilled.select(drill)
        restored = drilled.restore(drill, selection)
        good = drill.target.parent / "good"
        shutil.copytree(drill.target, good, symlinks=True)
        undamaged = drilled.verify(drill, selection, restored).checks
        assert judge(undamaged).verdict is Verdict.PASSED, "without damage it passes"
        for name, damage in FILE_DAMAGES.items():
            shutil.rmtree(drill.target)
            shutil.copytree(good, drill.target, symlinks=True)
            damage(drill.target)
            yield row(kind, name, drilled.verify(drill, selection, restored).checks)
        drilled.clean_up(drill)


def of_configuration(applied) -> Iterator[Row]:
    """What changed since the capture."""
    ec2, iam = (applied.sessions.client(service, PRIMARY) for service in ("ec2", "iam"))
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    role = applied.names.role("drill-runner")
    anything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    changes = {
        "stale: a security group was opened since": (
            lambda: ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule]),
            lambda: ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule]),
        ),
        "stale: a role was widened since": (
            lambda: iam.put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=json.dumps(anything)),
            lambda: iam.delete_role_policy(RoleName=role, PolicyName="more"),
        ),
    }
    with begun(applied, spec_for(applied, "configuration")) as (kind, drill):
        selection = kind.select(drill)
        restored = kind.restore(drill, selection)
        for name, (change, undo) in changes.items():
            change()
            checks = kind.verify(drill, selection, restored).checks
            undo()
            yield row("configuration", name, checks)
        other = drill.environment.model_copy(update={"environment": "another"})
        renamed = replace(drill, environment=other)
        # The names of buckets follow from the environment's: here only what the files themselves say is asked.
        yield row("configuration", "of another environment", tuple(usable(renamed, whole=True)))


def of_keys(applied) -> Iterator[Row]:
    """Copies under the wrong key, put there under a GOVERNANCE lock, which this test bypasses."""

    def verdict(name: str) -> Row:
        spec = spec_for(applied, "object-recovery", dataset="project", scenario="corruption")
        with begun(applied, spec) as (_, drill):
            view = choose(drill, RECOVERY)
            files = open_set(applied.sessions, RECOVERY, view).files()
            return row("key-loss", name, (*keys_of_objects(drill, view, files), every_set_has_a_copy(drill)))

    for region, key_of, name in (
        (RECOVERY, PRIMARY, "the recovery copy lies under the primary key"),
        (PRIMARY, RECOVERY, "the primary copy lies under the recovery key"),
    ):
        for what, key in _one_of_each(applied):
            _put_under(applied, region, key, key_of)
            yield verdict(f"{name}: {what}")
            _put_under(applied, region, key, region)
    applied.write("newer.txt", b"newer")
    second = applied.push()
    _destroy(applied, RECOVERY, f"sets/project/_/{second.set_id}/commit.json")
    yield verdict("a set committed under the lost key only")


def _one_of_each(applied) -> Iterator[tuple[str, str]]:
    """The key of each kind of object a set needs: what is lost without it is the whole set, or one file."""
    with begun(applied, spec_for(applied, "object-recovery", dataset="project", scenario="corruption")) as (_, drill):
        view = choose(drill, RECOVERY)
        files = list(open_set(applied.sessions, RECOVERY, view).files())
    yield "content", view.folder.object_key(files[0].chunks[0])
    yield "list of entries", view.folder.object_key(view.manifest.entries.pieces()[0].digest)
    yield "list of objects", view.folder.object_key(view.manifest.objects.pieces()[0].digest)
    yield "commit", view.folder.document_key(view.set_id, COMMIT)


def _put_under(applied, region: str, key: str, key_region: str) -> None:
    _put_under_key(applied, region, key, _alias(applied, key_region))


def _alias(applied, region: str) -> str:
    return applied.names.alias_arn(applied.names.key_alias, account="000000000000", region=region)


def _put_under_key(applied, region: str, key: str, key_arn: str) -> None:
    body = applied.s3(region).get_object(Bucket=applied.bucket(region), Key=key)["Body"].read()
    applied.s3(region).put_object(
        Bucket=applied.bucket(region),
        Key=key,
        Body=body,
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key_arn,
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=SystemClock().now() + timedelta(days=3),
    )


def _destroy(applied, region: str, key: str) -> None:
    for version in applied.versions(key, region):
        where = {"Bucket": applied.bucket(region), "Key": key, "VersionId": version["VersionId"]}
        applied.s3(region).delete_object(**where, BypassGovernanceRetention=True)


def of_tenants(applied) -> Iterator[Row]:
    """A set that was pushed for the wrong tenant, or with another tenant's data in it: its manifest is right."""
    pushes = {
        "wrong tenant: another tenant's file pushed along": {"mixed.csv": b"umbra,1" * 20},
        "wrong tenant: pushed one level too high": {"umbra/report.csv": b"acme,2" * 9},
        "wrong tenant: another tenant's whole set": {"own/report.csv": b"umbra,1" * 20, "own/more": b"umbra,2" * 20},
    }
    for number, (name, files) in enumerate(pushes.items()):
        tenant = f"mixed-{number}"
        push_tenant(applied, tenant, files)
        with begun(applied, spec_for(applied, "tenant", dataset="exports", tenant=tenant)) as (kind, drill):
            selection = kind.select(drill)
            yield row("tenant", name, kind.verify(drill, selection, kind.restore(drill, selection)).checks)


def of_points(applied, kind: str, **scope) -> Iterator[Row]:
    """A recovery point that is older than the objective: the disaster comes a day and an hour after it."""
    late = SystemClock().now() + timedelta(hours=25)
    result = run(spec_for(applied, kind, failed_at=late, **scope), applied.surroundings)
    yield row(kind, "stale point: older than the objective", result.checks)


def of_wrong_keys(applied, kind: str, **scope) -> Iterator[Row]:
    """A chunk of the copy that is read was written again, byte by byte, under a key that is not ours."""
    for whose in ("another account", "another Region"):
        with begun(applied, spec_for(applied, kind, **scope)) as (drilled, drill):
            selection, region = drilled.select(drill), region_of(drill)
            other = PRIMARY if region == RECOVERY else RECOVERY
            foreign = f"arn:aws:kms:{region}:999999999999:key/theirs"
            files = open_set(applied.sessions, region, choose(drill, region)).files()
            key = choose(drill, region).folder.object_key(next(files).chunks[0])
            _put_under_key(applied, region, key, foreign if "account" in whose else _alias(applied, other))
            yield row(kind, f"wrong key: of {whose}", _verified(drilled, drill, selection))
            _put_under(applied, region, key, region)
            drilled.clean_up(drill)


def _verified(kind, drill, selection) -> tuple[Check, ...]:
    return kind.verify(drill, selection, kind.restore(drill, selection)).checks


def of_replicas() -> Iterator[Row]:
    """Replicas as they must not be; judged as S3's, not as an emulator's."""
    until = datetime(2026, 12, 1, tzinfo=UTC)
    body = body_of("drill-20261122T000000Z-00000000", 0, 1024)
    canary = StreamCanary(
        key="streams/canaries/drill-20261122T000000Z-00000000/canary-0",
        version_id="v1",
        sha256=sha256(body).hexdigest(),
        size=len(body),
        mode="COMPLIANCE",
        retain_until=until,
        written_at=datetime(2026, 11, 22, tzinfo=UTC),
        written=0.0,
        run=0,
    )
    good = {"VersionId": "v1", "SSEKMSKeyId": OWN, "ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
    other = body_of("drill-20261122T000000Z-00000000", 1, 1024)
    damaged = {
        "bit flip": (bytes([body[0] ^ 1]) + body[1:], {}),
        "truncated": (body[:-1], {}),
        "longer": (body + b"\0", {}),
        "zeros of the same length": (bytes(len(body)), {}),
        "two canaries swapped": (other, {}),
        "older version": (body, {"VersionId": "v0"}),
        "wrong key": (body, {"SSEKMSKeyId": OTHER}),
        "no key": (body, {"SSEKMSKeyId": None}),
        "no lock": (body, {"ObjectLockMode": None, "ObjectLockRetainUntilDate": None}),
        "weaker lock": (body, {"ObjectLockMode": "GOVERNANCE"}),
        "shorter lock": (body, {"ObjectLockRetainUntilDate": until - timedelta(hours=1)}),
    }

    def checks(content: bytes, headers, *, lag=1.0, status="REPLICA") -> tuple[Check, ...]:
        replica = Replica(content, {**good, **headers})
        arrival = Arrival(
            key=canary.key,
            lag_seconds=lag,
            source_status="COMPLETED",
            replica_status=status,
            wrong=wrong_content(canary, replica),
            unprotected=wrong_protection(canary, replica, frozenset({OWN})),
        )
        return checks_of(arrival, LIMIT, sandbox=False)

    assert judge(checks(body, {})).verdict is Verdict.PASSED, "without damage it passes"
    for name, (content, headers) in damaged.items():
        yield row("replication", name, checks(content, headers))
    yield row("replication", "later than the limit", checks(body, {}, lag=LIMIT.total_seconds() + 1))
    yield row("replication", "copied by hand, not replicated", checks(body, {}, status=None))
    for status in ("PENDING", "FAILED", None):
        missing = checks_of(Arrival(key=canary.key, source_status=status), LIMIT, sandbox=False)
        yield row("replication", f"missing, the source says {status or 'nothing'}", missing)


def everything(emulator, folder: Path) -> list[Row]:
    """Every damage to files and replicas; services, volumes and PostgreSQL follow on the page."""
    places = [folder / name for name in ("strong", "weak")]
    for place in places:
        place.mkdir()
    applied, weak = ready(emulator, places[0]), ready(emulator, places[1], lock=WEAK, tiers=TIERS)
    applied.push()
    weak.push()
    push_tenant(applied, "umbra", {"own/report.csv": b"umbra,1" * 20, "own/more": b"umbra,2" * 20})
    push_tenant(applied, "acme", {"own/report.csv": b"acme,1" * 20, "other": b"acme,3" * 30})
    captured(applied)
    tenant = {"dataset": "exports", "tenant": "acme"}
    push_tenant(weak, "acme", {"own/report.csv": b"acme,1" * 20})
    captured(weak)
    rows = [
        *of_files(applied, "object-recovery", dataset="project"),
        *of_points(applied, "object-recovery", dataset="project"),
    ]
    rows += [*of_files(applied, "tenant", **tenant), *of_tenants(applied), *of_points(applied, "tenant", **tenant)]
    rows += [*of_files(applied, "configuration"), *of_configuration(applied), *of_points(applied, "configuration")]
    rows += of_wrong_keys(weak, "object-recovery", dataset="project")
    rows += [*of_wrong_keys(weak, "tenant", **tenant), *of_wrong_keys(weak, "configuration")]
    rows += [*of_files(weak, "key-loss", dataset="project"), *of_points(weak, "key-loss", dataset="project")]
    rows += of_keys(weak)
    return [*rows, *of_replicas()]


FILES = "object-recovery tenant configuration key-loss replication"
RUNS = {
    FILES: everything,
    "dynamodb aws-backup": of_services,
    "ebs": of_volumes,
    "rds": of_instances,
    "postgres-pitr": of_postgres,
}
"""What yields the rows of which kinds."""


if __name__ == "__main__":
    wanted = [each for each in sys.argv[1:] if each != "--write"]
    chosen = {names: run for names, run in RUNS.items() if not wanted or set(names.split()) & set(wanted)}
    rewrite(chosen, write="--write" in sys.argv[1:])
