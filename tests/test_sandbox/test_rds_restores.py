"""Instances, snapshots and points in time of the sandbox's RDS, on real servers."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from botocore.exceptions import ClientError
from rds_bench import ACCOUNT, OTHER, PASSWORD, REGION, Bench

pytestmark = pytest.mark.sandbox
KEY, OTHER_KEY = (f"arn:aws:kms:{region}:{ACCOUNT}:key/k" for region in (REGION, OTHER))


@pytest.fixture
def bench(tmp_path):
    """A service, and an instance `shop` whose table `orders` has ten rows."""
    bench = Bench(tmp_path)
    try:
        bench.make(KmsKeyId=KEY)
        bench.sql("create table orders as select n from generate_series(1, 10) n")
        yield bench
    finally:
        bench.close()
        assert not bench.world.ground.folder.exists()


def rows(bench, name, region=REGION, password=PASSWORD):
    return bench.sql("select count(*) from orders", name, region, password)


def code(raised):
    return raised.value.response["Error"]["Code"]


def test_a_snapshot_holds_what_was_there_and_nothing_that_came_later(bench):
    taken = bench.snapshot("before")
    bench.sql("delete from orders")
    bench.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="before")
    restored = bench.settled("again")

    assert taken["Encrypted"]
    assert taken["KmsKeyId"] == KEY
    assert restored["DBInstanceStatus"] == "available"
    assert not restored["PubliclyAccessible"]
    assert rows(bench, "again") == 10
    assert rows(bench, "shop") == 0


def test_an_instance_comes_back_as_it_was_at_a_moment(bench):
    moment = bench.ship()
    bench.sql("delete from orders")
    bench.ship()
    bench.rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="shop", TargetDBInstanceIdentifier="then", RestoreTime=moment
    )
    bench.rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="shop", TargetDBInstanceIdentifier="now", UseLatestRestorableTime=True
    )

    assert bench.settled("then")["DBInstanceStatus"] == "available"
    assert bench.settled("now")["DBInstanceStatus"] == "available"
    assert rows(bench, "then") == 10
    assert rows(bench, "now") == 0


def test_a_moment_after_which_nothing_was_committed_can_be_gone_back_to(bench):
    bench.ship()
    latest = bench.ship()
    bench.rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="shop", TargetDBInstanceIdentifier="idle", RestoreTime=latest
    )

    assert bench.settled("idle")["DBInstanceStatus"] == "available"
    assert rows(bench, "idle") == 10


@pytest.mark.parametrize("off", [timedelta(days=-1), timedelta(minutes=5)])
def test_a_moment_outside_the_window_is_refused(bench, off):
    with pytest.raises(ClientError) as raised:
        bench.rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="shop", TargetDBInstanceIdentifier="then", RestoreTime=bench.ship() + off
        )

    assert code(raised) == "InvalidParameterValue"


def test_an_instance_that_keeps_no_backups_has_no_point_in_time(bench):
    bench.make("bare", BackupRetentionPeriod=0)

    with pytest.raises(ClientError) as raised:
        bench.rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="bare", TargetDBInstanceIdentifier="then", UseLatestRestorableTime=True
        )

    assert code(raised) == "PointInTimeRestoreNotEnabled"


def test_replicated_backups_restore_in_the_other_region_without_the_instance(bench):
    arn = bench.instance("shop")["DBInstanceArn"]
    bench.other.start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn, KmsKeyId=OTHER_KEY)
    bench.replicating()
    bench.sql("insert into orders values (11)")
    bench.ship()
    kept = bench.replicating()
    bench.rds.delete_db_instance(DBInstanceIdentifier="shop", SkipFinalSnapshot=True)
    bench.other.restore_db_instance_to_point_in_time(
        SourceDBInstanceAutomatedBackupsArn=kept["DBInstanceAutomatedBackupsArn"],
        TargetDBInstanceIdentifier="elsewhere",
        UseLatestRestorableTime=True,
    )
    restored = bench.settled("elsewhere", OTHER)

    assert (kept["Status"], kept["Region"], kept["KmsKeyId"]) == ("replicating", REGION, OTHER_KEY)
    assert restored["KmsKeyId"] == OTHER_KEY
    assert rows(bench, "elsewhere", OTHER) == 11


def test_a_copy_in_another_region_is_under_a_key_of_that_region(bench):
    source = bench.snapshot("before")["DBSnapshotArn"]
    copy = {"SourceDBSnapshotIdentifier": source, "TargetDBSnapshotIdentifier": "copy", "SourceRegion": REGION}
    with pytest.raises(ClientError) as none:
        bench.other.copy_db_snapshot(**copy)
    with pytest.raises(ClientError) as foreign:
        bench.other.copy_db_snapshot(**copy, KmsKeyId=KEY)
    bench.other.copy_db_snapshot(**copy, KmsKeyId=OTHER_KEY)
    told = bench.taken("copy", OTHER)

    assert (code(none), code(foreign)) == ("InvalidParameterCombination", "InvalidParameterValue")
    assert (told["Status"], told["KmsKeyId"], told["SourceRegion"]) == ("available", OTHER_KEY, REGION)
    bench.kms[REGION].off.add(KEY)
    bench.other.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="there", DBSnapshotIdentifier="copy")
    assert bench.settled("there", OTHER)["DBInstanceStatus"] == "available"
    assert rows(bench, "there", OTHER) == 10


def test_what_is_under_a_lost_key_is_not_restored(bench):
    bench.snapshot("before")
    bench.kms[REGION].off.add(KEY)

    with pytest.raises(ClientError) as raised:
        bench.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="before")

    assert code(raised) == "KMSKeyNotAccessibleFault"


def test_only_the_new_password_opens_and_none_is_told(bench):
    bench.rds.modify_db_instance(DBInstanceIdentifier="shop", MasterUserPassword="another-password")
    told = bench.settled("shop")

    assert rows(bench, "shop", password="another-password") == 10
    with pytest.raises(psycopg.OperationalError):
        rows(bench, "shop")
    assert "another-password" not in str(told)
    log = bench.world.region(next(iter(bench.world.regions))).instances["shop"].cluster.server.log.read_text()
    assert "another-password" not in log


def test_without_tls_nobody_is_let_in(bench):
    where = bench.instance("shop")["Endpoint"]

    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(
            host=where["Address"], port=where["Port"], user="app", password=PASSWORD, dbname="app", sslmode="disable"
        )


def test_nothing_is_overwritten_and_a_protected_instance_is_not_deleted(bench):
    bench.snapshot("before")
    with pytest.raises(ClientError) as exists:
        bench.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="shop", DBSnapshotIdentifier="before")
    bench.rds.modify_db_instance(DBInstanceIdentifier="shop", DeletionProtection=True)
    with pytest.raises(ClientError) as protected:
        bench.rds.delete_db_instance(DBInstanceIdentifier="shop", SkipFinalSnapshot=True)

    assert (code(exists), code(protected)) == ("DBInstanceAlreadyExists", "InvalidParameterCombination")


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"effect": "fail", "job": "restore", "how": "storage-full"}, "storage-full"),
        ({"effect": "fail", "job": "restore", "how": "incompatible-restore"}, "incompatible-restore"),
        ({"effect": "fail", "job": "restore"}, "failed"),
    ],
)
def test_a_restore_ends_in_the_state_a_fault_says(bench, fault, state):
    bench.snapshot("before")
    bench.fault(fault)
    bench.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="before")

    assert bench.settled("again")["DBInstanceStatus"] == state


@pytest.mark.parametrize(
    ("how", "found"), [("lost-rows", lambda count: count < 10), ("older", lambda count: count == 9)]
)
def test_a_damaged_restore_is_available_and_wrong(bench, how, found):
    bench.sql("delete from orders where n = 10")
    bench.snapshot("older")
    bench.sql("insert into orders values (10)")
    bench.snapshot("newer")
    bench.fault({"effect": "damage", "job": "restore", "how": how})
    bench.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="newer")

    assert bench.settled("again")["DBInstanceStatus"] == "available"
    assert found(rows(bench, "again"))


@pytest.mark.parametrize(
    ("how", "error"),
    [("missing-table", psycopg.errors.UndefinedTable), ("bit-flip", psycopg.errors.DataCorrupted)],
)
def test_damage_the_server_itself_notices(bench, how, error):
    bench.snapshot("before")
    bench.fault({"effect": "damage", "job": "restore", "how": how})
    bench.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="before")
    bench.settled("again")

    with pytest.raises(error):
        rows(bench, "again")


def test_retained_backups_outlive_their_instance(bench):
    bench.rds.delete_db_instance(DBInstanceIdentifier="shop", SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    bench.gone("shop")
    (kept,) = bench.rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    bench.rds.restore_db_instance_to_point_in_time(
        SourceDbiResourceId=kept["DbiResourceId"], TargetDBInstanceIdentifier="again", UseLatestRestorableTime=True
    )

    assert kept["Status"] == "retained"
    assert bench.settled("again")["DBInstanceStatus"] == "available"
    assert rows(bench, "again") == 10


@pytest.mark.parametrize("operation", ["describe_db_clusters", "describe_db_log_files"])
def test_what_is_not_served_says_so(bench, operation):
    given = {"DBInstanceIdentifier": "shop"} if "log" in operation else {}

    with pytest.raises(ClientError) as raised:
        getattr(bench.rds, operation)(**given)

    assert code(raised) == "NotImplemented"
