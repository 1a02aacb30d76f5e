"""Run every verifier against deliberately damaged restores, and write down what found each damage.

Usage: kill_rate.py --write    writes docs/kill-rate.md from a run against a sandbox of its own

What is not in `everything` is compared with the page where it is run: services in `test_kill_rate`, volumes in
`test_ebs_damaged`, PostgreSQL, each row of which takes a drill, in `test_postgres_damaged`.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from applied_ground import PRIMARY, RECOVERY
from damages import FILE_DAMAGES
from ebs_damages import of_volumes
from kill_rate_services import of_postgres, of_services
from kill_rows import PAGE, Row, row
from kinds_ground import WEAK, begun, captured, push_tenant, ready, spec_for

from holdfast.backupsets.fetch import open_set
from holdfast.backupsets.layout import COMMIT
from holdfast.clock import SystemClock
from holdfast.drills.checks import Check
from holdfast.drills.configuration.usable import usable
from holdfast.drills.engine import run
from holdfast.drills.key_loss.object_keys import every_set_has_a_copy, keys_of_objects
from holdfast.drills.recovery_points import choose
from holdfast.drills.replication.arrival import Arrival, Replica, wrong_content, wrong_protection
from holdfast.drills.replication.canaries import StreamCanary, body_of
from holdfast.drills.replication.kind import LIMIT, checks_of
from holdfast.drills.verdict import Verdict, judge
from holdfast.sandbox import lifecycle

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
    body = applied.s3(region).get_object(Bucket=applied.bucket(region), Key=key)["Body"].read()
    applied.s3(region).put_object(
        Bucket=applied.bucket(region),
        Key=key,
        Body=body,
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=applied.names.alias_arn(applied.names.key_alias, account="000000000000", region=key_region),
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


def of_points(applied) -> Iterator[Row]:
    """A recovery point that is older than the objective: the disaster comes a day and an hour after it."""
    late = SystemClock().now() + timedelta(hours=25)
    result = run(spec_for(applied, "object-recovery", dataset="project", failed_at=late), applied.surroundings)
    yield row("object-recovery", "stale point: older than the objective", result.checks)


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
    applied, weak = ready(emulator, places[0]), ready(emulator, places[1], lock=WEAK)
    applied.push()
    weak.push()
    push_tenant(applied, "umbra", {"own/report.csv": b"umbra,1" * 20, "own/more": b"umbra,2" * 20})
    push_tenant(applied, "acme", {"own/report.csv": b"acme,1" * 20, "other": b"acme,3" * 30})
    captured(applied)
    rows = [*of_files(applied, "object-recovery", dataset="project"), *of_points(applied)]
    rows += [*of_files(applied, "tenant", dataset="exports", tenant="acme"), *of_tenants(applied)]
    rows += [*of_files(applied, "configuration"), *of_configuration(applied)]
    rows += [*of_files(weak, "key-loss", dataset="project"), *of_keys(weak)]
    return [*rows, *of_replicas()]


_HEAD = """# Kill rate

<!-- Written by tests/test_drills/kill_rate.py --write, and compared with a run by the tests. -->

A drill is worth what its verifier finds. So each verifier is run against restores that were damaged on purpose, after
the same restore undamaged has passed; a damage after which the checks do not come to FAILED has got through. A
verifier that lets one through is a defect, and the tests fail.

**{killed} of {total} damages found ({rate}).**

| kind | damages | found | kill rate |
| --- | --- | --- | --- |
{summary}

Restores are real, from a sandbox that enforces IAM, and damaged between restore and verification: on disk, in the
restored table or bucket, by SQL on the restored server. Wrong keys, wrong tenants and damaged archives of PostgreSQL
are really written into the vault. Replicas are judged as S3's, which an emulator's are not, from their bytes and
headers.

| kind | damage | found by |
| --- | --- | --- |
{rows}
"""


def page(rows: list[Row]) -> str:
    kinds = list(dict.fromkeys(each.kind for each in rows))
    summary = []
    for kind in kinds:
        mine = [each for each in rows if each.kind == kind]
        killed = sum(each.killed for each in mine)
        summary.append(f"| `{kind}` | {len(mine)} | {killed} | {killed / len(mine):.0%} |")
    killed = sum(each.killed for each in rows)
    lines = [f"| `{each.kind}` | {each.damage} | {', '.join(each.found_by) or '**nothing**'} |" for each in rows]
    return _HEAD.format(
        killed=killed,
        total=len(rows),
        rate=f"{killed / len(rows):.0%}",
        summary="\n".join(summary),
        rows="\n".join(lines),
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "sandbox")
        home.mkdir()
        try:
            emulator = lifecycle.start(home)
            places = [Path(folder, name) for name in ("services", "volumes", "postgres")]
            for place in places:
                place.mkdir()
            services, volumes = of_services(emulator, places[0]), of_volumes(emulator, places[1])
            rows = [*everything(emulator, Path(folder)), *services, *volumes, *of_postgres(emulator, places[2])]
        finally:
            lifecycle.stop(home)
    text = page(rows)
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
