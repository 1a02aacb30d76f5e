"""Least privilege for what restores in rds: the listed actions are enough, and none can be left out.

With what is declared a drill passes, and whoever took the role cannot do with it what its conditions are there against.
"""

from __future__ import annotations

import pytest
from applied_ground import ACCOUNT, PRIMARY, RECOVERY
from botocore.exceptions import ClientError
from rds_ground import Ground, rds_environment, until

from holdfast.aws.translate import code_of
from holdfast.constructs.policies.document import allow
from holdfast.drills.engine import run
from holdfast.drills.permissions import CALLER, PERMISSIONS
from holdfast.drills.spec import LATEST
from holdfast.drills.sweep import sweep
from holdfast.drills.verdict import Verdict
from holdfast.environments.names import SNAPSHOT_RESTORER
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
NEEDED = PERMISSIONS["rds"][SNAPSHOT_RESTORER]
TO_A_POINT = ("rds:DescribeDBInstanceAutomatedBackups", "rds:RestoreDBInstanceToPointInTime")
OF_A_SNAPSHOT = ("rds:DescribeDBSnapshotAttributes", "rds:RestoreDBInstanceFromDBSnapshot")
DRILL = "drill-20261122T081500Z-0123abcd"


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """An instance replicated into the recovery Region, where there is a drill network."""
    environment = rds_environment(replicated=True)
    ground = Ground(environment, emulator, tmp_path_factory.mktemp("standing")).apply().protect().replicate()
    ground.make_network()
    return ground


@pytest.fixture
def declared(standing):
    """The role as it is declared."""
    standing.put_role_policy(SNAPSHOT_RESTORER, standing.snapshot_restorer_statements())
    return standing


def drill_with(ground, actions, tmp_path, set_id):
    """The drill with a role that has these actions and no others."""
    ground.put_role_policy(SNAPSHOT_RESTORER, [allow("Exactly", actions, on=["*"])])
    caller = ground.by_user(tmp_path, *PERMISSIONS["rds"][CALLER])
    return run(caller.spec(set_id=set_id), caller.surroundings)


@pytest.fixture(autouse=True)
def nothing_left(standing):
    yield
    standing.put_role_policy(SNAPSHOT_RESTORER, standing.snapshot_restorer_statements())
    sweep(standing.surroundings)
    until(lambda: standing.left_over() == [])


def test_the_caller_needs_the_right_to_take_on_roles_and_no_other(declared, tmp_path):
    assert PERMISSIONS["rds"][CALLER] == ("sts:AssumeRole",)
    caller = declared.by_user(tmp_path)
    with pytest.raises(HoldfastError, match="sts:AssumeRole"):
        run(caller.spec(), caller.surroundings)


@pytest.mark.parametrize(("set_id", "other"), [(LATEST, TO_A_POINT), (None, OF_A_SNAPSHOT)])
def test_with_exactly_the_listed_actions_it_passes(standing, tmp_path, set_id, other):
    result = drill_with(standing, [each for each in NEEDED if each not in other], tmp_path, set_id)

    assert result.verdict is Verdict.PASSED, result.reasons
    assert f":rds:{RECOVERY}:" in result.location


@pytest.mark.parametrize("action", NEEDED)
def test_without_any_one_of_them_it_does_not_pass(standing, action, tmp_path):
    set_id = None if action in TO_A_POINT else LATEST
    try:
        result = drill_with(standing, [each for each in NEEDED if each != action], tmp_path, set_id)
    except HoldfastError as error:
        refused = str(error).lower()
    else:
        assert result.verdict is not Verdict.PASSED
        refused = " ".join((*result.reasons, *result.cleaned.orphaned)).lower()
    assert "denied" in refused or "not authorized" in refused or "unauthorizedoperation" in refused


@pytest.mark.parametrize("set_id", [LATEST, None])
def test_with_what_is_declared_it_passes_and_nobody_else_is_asked(declared, tmp_path, set_id):
    caller = declared.by_user(tmp_path, *PERMISSIONS["rds"][CALLER])

    result = run(caller.spec(set_id=set_id), caller.surroundings)

    assert (result.verdict, result.issues) == (Verdict.PASSED, ()), result.reasons


def as_restorer(ground, region=PRIMARY):
    return ground.sessions.client("rds", region, role=SNAPSHOT_RESTORER)


def tags(ground, **others):
    """The tags a drill gives, but for these."""
    given = {"holdfast:drill": DRILL, "holdfast:environment": ground.environment.environment} | others
    return [{"Key": key, "Value": value} for key, value in given.items() if value]


def is_refused(call, **given):
    with pytest.raises(ClientError) as error:
        call(**given)
    return code_of(error.value) in ("AccessDenied", "AccessDeniedException")


def test_it_sets_no_password_on_and_deletes_no_instance_that_no_drill_made(declared):
    name = declared.seeded.arn.rsplit(":", 1)[-1]
    rds = as_restorer(declared)
    assert is_refused(rds.modify_db_instance, DBInstanceIdentifier=name, MasterUserPassword="not-for-a-drill")
    assert is_refused(rds.delete_db_instance, DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def test_it_tags_no_instance_as_a_drills_that_no_drill_made(declared):
    given = tags(declared)
    assert is_refused(as_restorer(declared).add_tags_to_resource, ResourceName=declared.seeded.arn, Tags=given)


def test_the_name_alone_does_not_make_an_instance_a_drills(declared):
    """Somebody else's of that name, without the tags, is neither changed nor deleted."""
    name, root = declared.names.scratch_instance(DRILL), declared.client("rds", PRIMARY)
    root.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MasterUsername="holdfast",
        MasterUserPassword="somebody-elses",
    )
    try:
        assert is_refused(as_restorer(declared).delete_db_instance, DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    finally:
        until(lambda: declared.status(name) == "available")
        root.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("billing-beside-it", {}),
        (None, {"holdfast:drill": ""}),
        (None, {"holdfast:drill": "mine"}),
        (None, {"holdfast:environment": "other"}),
    ],
)
def test_it_restores_nothing_that_could_not_be_told_for_a_drills(declared, name, wrong):
    arn = declared.seeded.arn
    (snapshot,) = [
        each["DBSnapshotIdentifier"]
        for each in declared.client("rds", PRIMARY).describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
        if each["DBInstanceIdentifier"] == arn.rsplit(":", 1)[-1]
    ][:1]
    assert is_refused(
        as_restorer(declared).restore_db_instance_from_db_snapshot,
        DBInstanceIdentifier=name or declared.names.scratch_instance(DRILL),
        DBSnapshotIdentifier=snapshot,
        Tags=tags(declared, **wrong),
    )


def test_it_deletes_and_shares_no_snapshot(declared):
    (snapshot,) = declared.client("rds", PRIMARY).describe_db_snapshots()["DBSnapshots"][:1]
    name, rds = snapshot["DBSnapshotIdentifier"], as_restorer(declared)
    assert is_refused(rds.delete_db_snapshot, DBSnapshotIdentifier=name)
    shared = {"AttributeName": "restore", "ValuesToAdd": ["444455556666"]}
    assert is_refused(rds.modify_db_snapshot_attribute, DBSnapshotIdentifier=name, **shared)
    assert declared.snapshot(name)["DBSnapshotArn"].split(":")[4] == ACCOUNT


def test_it_works_in_no_other_region(declared):
    assert is_refused(as_restorer(declared, "eu-west-1").describe_db_instances)
