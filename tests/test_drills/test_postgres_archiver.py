"""A real source server archives, and a base backup of it is made, by the role databases archive with and nobody else.

A base backup ends once the server has archived its log up to there; PostgreSQL waits for that without end. So where
archiving is refused, it hung.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from applied_ground import Applied
from postgres_ground import DATASET, PREFIX, answer, postgres_environment, switch, until, write

from holdfast.aws.endpoints import write_endpoints
from holdfast.aws.errors import RoleNotAssumed
from holdfast.clock import SystemClock
from holdfast.constructs.policies.document import allow
from holdfast.drills.engine import run
from holdfast.drills.spec import DrillSpec
from holdfast.drills.verdict import Verdict
from holdfast.environments.model import Scenario
from holdfast.environments.names import STREAM_WRITER
from holdfast.postgres.base_backup import make_base_backup
from holdfast.postgres.errors import ArchivingFails, BarmanFailed
from holdfast.sandbox.postgres.ending import stop_source
from holdfast.sandbox.postgres.source import find_source, start_source
from holdfast.sandbox.postgres.source_record import records_folder

pytestmark = pytest.mark.sandbox
SHORT = timedelta(seconds=5)


@pytest.fixture
def applied(emulator, tmp_path):
    """The environment, called by a user who may take on roles and nothing else; whatever was started is stopped."""
    root = Applied(postgres_environment(), emulator, tmp_path).apply()
    user = root.by_user(tmp_path, "sts:AssumeRole")
    user.root = root
    write_endpoints(user.home, user.endpoints)
    yield user
    stop_source(user.environment.environment, DATASET, user.home, SystemClock())


def start(applied, **settings):
    source, _ = start_source(applied.sessions, DATASET, applied.home, SystemClock(), settings=settings)
    return source


def backup(applied, source, patience=SHORT):
    return make_base_backup(
        source.archive,
        applied.sessions,
        source.conninfo,
        barman_environment=applied.sessions.variables("us-east-1", role=STREAM_WRITER),
        role=STREAM_WRITER,
        patience=patience,
    )


def only_base_backups(applied):
    """The role may write base backups, and no log."""
    bucket = f"arn:aws:s3:::{applied.names.vault_bucket}"
    write_parts = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject")
    statements = [
        allow("List", ["s3:ListBucket", "s3:ListBucketVersions"], on=[bucket]),
        allow("Base", write_parts, on=[f"{bucket}/{PREFIX}base/*"]),
    ]
    applied.root.put_role_policy(STREAM_WRITER, statements)


def test_log_and_base_backup_are_archived_by_the_role_and_a_drill_restores_them(applied):
    source = start(applied)

    made = source.base_backup(applied.sessions)
    write(source, "insert into customers (name) values ('after the base backup')")
    switch(source, applied.root)

    keys = {each["Key"].removeprefix(PREFIX) for each in applied.root.versions(PREFIX)}
    assert {f"base/{made.backup.id}/{name}" for name in ("backup.info", "data.tar")} <= keys
    assert f"counts/{made.backup.id}.json" in keys
    assert made.backup.bytes > 1024**2
    assert made.counts.tables["public.customers"] > 0
    assert answer(source, "select failed_count from pg_stat_archiver") == 0
    name = applied.environment.environment
    spec = DrillSpec(environment=name, kind="postgres-pitr", dataset=DATASET, scenario=Scenario.CORRUPTION)
    result = run(spec, applied.root.surroundings)
    assert result.verdict is Verdict.PASSED, result.reasons


def test_what_it_archives_with_holds_no_secret_and_does_not_run_out(applied):
    source = start(applied)
    folder = applied.home.joinpath(source.record.folder)

    until(lambda: (folder / "aws-config").is_file())

    path = folder / "aws-config"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().splitlines() == [
        "[profile archive]",
        f"role_arn = {applied.names.role_arn(STREAM_WRITER)}",
        "credential_source = Environment",
    ]


def test_a_base_backup_whose_log_is_refused_ends_and_says_why(applied):
    source = start(applied)
    only_base_backups(applied)

    with pytest.raises((ArchivingFails, BarmanFailed), match=r"pg_backup_stop|failed to archive"):
        backup(applied, source)

    with_info = [each["Key"] for each in applied.root.versions(f"{PREFIX}counts/")]
    assert with_info == []


def test_no_base_backup_is_begun_while_the_server_cannot_archive(applied):
    source = start(applied, archive_command="false")
    write(source, "select pg_switch_wal()")
    until(lambda: answer(source, "select failed_count from pg_stat_archiver") > 0)

    with pytest.raises(ArchivingFails, match="has failed to archive 0000000100000000"):
        backup(applied, source)

    assert applied.root.versions(f"{PREFIX}base/") == []


def test_where_the_role_cannot_be_taken_on_nothing_is_started(applied):
    iam, name = applied.root.sessions.client("iam", "us-east-1"), applied.names.role(STREAM_WRITER)
    iam.delete_role_policy(RoleName=name, PolicyName=name)
    iam.delete_role(RoleName=name)

    with pytest.raises(RoleNotAssumed):
        start(applied)

    assert find_source(applied.sessions, DATASET, applied.home) is None
    assert list(records_folder(applied.home).glob("*.json")) == []
