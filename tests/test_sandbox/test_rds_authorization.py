"""What a caller of the sandbox's RDS has to be allowed: the action, on what it is about and on what it is made from."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from rds_bench import ACCOUNT, OTHER, PASSWORD, REGION, Bench


def arn(kind, name, region=REGION):
    return f"arn:aws:rds:{region}:{ACCOUNT}:{kind}:{name}"


@pytest.fixture
def bench(tmp_path):
    """A service whose IAM refuses everything and remembers what it was asked; no server is ever started."""
    asked = []

    def refuse(question):
        asked.append(question)
        return {"allowed": False, "code": "AccessDeniedException", "principal": "p", "message": "not authorized"}

    made = Bench(tmp_path, refuse)
    made.asked = asked
    yield made
    made.close()
    assert not made.world.has_ground


MAKE = {"DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "MasterUsername": "app"}


@pytest.mark.parametrize(
    ("region", "operation", "given", "asks"),
    [
        (REGION, "describe_db_instances", {}, [("rds:DescribeDBInstances", "*")]),
        (
            REGION,
            "create_db_instance",
            {"DBInstanceIdentifier": "Shop", "MasterUserPassword": PASSWORD, **MAKE},
            [("rds:CreateDBInstance", arn("db", "shop"))],
        ),
        (
            REGION,
            "restore_db_instance_from_db_snapshot",
            {"DBInstanceIdentifier": "a", "DBSnapshotIdentifier": "s", "Tags": [{"Key": "k", "Value": "v"}]},
            [
                ("rds:RestoreDBInstanceFromDBSnapshot", arn("db", "a")),
                ("rds:RestoreDBInstanceFromDBSnapshot", arn("snapshot", "s")),
                ("rds:AddTagsToResource", arn("db", "a")),
            ],
        ),
        (
            OTHER,
            "restore_db_instance_to_point_in_time",
            {
                "SourceDBInstanceAutomatedBackupsArn": arn("auto-backup", "ab-1", OTHER),
                "TargetDBInstanceIdentifier": "a",
                "UseLatestRestorableTime": True,
            },
            [
                ("rds:RestoreDBInstanceToPointInTime", arn("auto-backup", "ab-1", OTHER)),
                ("rds:RestoreDBInstanceToPointInTime", arn("db", "a", OTHER)),
            ],
        ),
        (
            OTHER,
            "copy_db_snapshot",
            {"SourceDBSnapshotIdentifier": arn("snapshot", "s"), "TargetDBSnapshotIdentifier": "t"},
            [
                ("rds:CopyDBSnapshot", arn("snapshot", "t", OTHER)),
                ("rds:CopyDBSnapshot", arn("snapshot", "s")),
            ],
        ),
    ],
)
def test_source_and_target_are_both_asked_for(bench, region, operation, given, asks):
    with pytest.raises(ClientError) as raised:
        getattr(bench.client(region), operation)(**given)

    assert raised.value.response["Error"]["Code"] == "AccessDenied"
    assert [tuple(each) for each in bench.asked[0]["asks"]] == asks
    assert bench.asked[0]["region"] == region


def test_what_the_model_does_not_take_is_refused_before_anybody_is_asked(bench):
    with pytest.raises(ParamValidationError):
        bench.rds.describe_db_instances(MaxRecords="many")

    assert bench.asked == []


def test_without_a_signature_nobody_is_asked_either(bench):
    answer = bench.service.answer("POST", "/", [], b"Action=DescribeDBInstances&Version=2014-10-31")

    assert answer.status == 403
    assert bench.asked == []
