"""Least privilege for what restores in ebs: the listed actions are enough, and none can be left out.

With what is declared a drill passes, and whoever took the role cannot do with it what its conditions are there against.
"""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from ebs_ground import PRIMARY, RECOVERY, Volumes, ebs_environment

from holdfast.aws.translate import code_of
from holdfast.constructs.policies.document import allow
from holdfast.drills.engine import run
from holdfast.drills.permissions import CALLER, PERMISSIONS
from holdfast.drills.verdict import Verdict
from holdfast.environments.names import SNAPSHOT_RESTORER
from holdfast.errors import HoldfastError

pytestmark = pytest.mark.sandbox
NEEDED = PERMISSIONS["ebs"][SNAPSHOT_RESTORER]
DRILL = "drill-20261122T081500Z-0123abcd"


@pytest.fixture(scope="module")
def standing(emulator, tmp_path_factory):
    """A protected volume and its baseline, as the root made them; drills are run by users who only take on roles."""
    ground = Volumes(ebs_environment(), emulator, tmp_path_factory.mktemp("standing")).apply()
    ground.original = ground.protect()
    return ground


@pytest.fixture
def declared(standing):
    """The role as it is declared."""
    standing.put_role_policy(SNAPSHOT_RESTORER, standing.snapshot_restorer_statements())
    return standing


def drill_with(ground, actions, tmp_path):
    """The drill with a role that has these actions and no others."""
    ground.put_role_policy(SNAPSHOT_RESTORER, [allow("Exactly", actions, on=["*"])])
    caller = ground.by_user(tmp_path, *PERMISSIONS["ebs"][CALLER])
    return run(caller.spec(), caller.surroundings)


@pytest.fixture(autouse=True)
def nothing_left(standing):
    yield
    ec2 = standing.client("ec2", RECOVERY)
    for left in standing.made_by_drills():
        name, *_ = left.split()
        if name.startswith("snap-"):
            ec2.delete_snapshot(SnapshotId=name)
        else:
            ec2.delete_volume(VolumeId=name)


def test_the_caller_needs_the_right_to_take_on_roles_and_no_other(declared, tmp_path):
    assert PERMISSIONS["ebs"][CALLER] == ("sts:AssumeRole",)
    caller = declared.by_user(tmp_path)
    with pytest.raises(HoldfastError, match="sts:AssumeRole"):
        run(caller.spec(), caller.surroundings)


def test_with_exactly_the_listed_actions_it_passes(standing, tmp_path):
    result = drill_with(standing, NEEDED, tmp_path)

    assert result.verdict is Verdict.PASSED, result.reasons


@pytest.mark.parametrize("action", NEEDED)
def test_without_any_one_of_them_it_does_not_pass(standing, action, tmp_path):
    try:
        result = drill_with(standing, [each for each in NEEDED if each != action], tmp_path)
    except HoldfastError as error:
        refused = str(error).lower()
    else:
        assert result.verdict is not Verdict.PASSED
        refused = " ".join((*result.reasons, *result.cleaned.orphaned)).lower()
    assert "denied" in refused or "not authorized" in refused or "unauthorizedoperation" in refused


def test_with_what_is_declared_it_passes_and_nobody_else_is_asked(declared, tmp_path):
    caller = declared.by_user(tmp_path, *PERMISSIONS["ebs"][CALLER])

    result = run(caller.spec(), caller.surroundings)

    assert (result.verdict, result.issues) == (Verdict.PASSED, ()), result.reasons
    assert declared.made_by_drills() == []


def tags(ground, **others):
    """The tags a drill gives, but for these."""
    given = {"holdfast:drill": DRILL, "holdfast:environment": ground.environment.environment} | others
    return [{"Key": key, "Value": value} for key, value in given.items() if value]


def specification(kind, given):
    return [{"ResourceType": kind, "Tags": given}]


def as_restorer(ground, service, region=PRIMARY):
    return ground.sessions.client(service, region, role=SNAPSHOT_RESTORER)


def is_refused(call, **given):
    with pytest.raises(ClientError) as error:
        call(**given)
    return code_of(error.value) in ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException")


def test_it_deletes_no_volume_or_snapshot_that_no_drill_made(declared):
    volume, snapshot, copy = declared.original
    assert is_refused(as_restorer(declared, "ec2").delete_volume, VolumeId=volume)
    assert is_refused(as_restorer(declared, "ec2").delete_snapshot, SnapshotId=snapshot)
    assert is_refused(as_restorer(declared, "ec2", RECOVERY).delete_snapshot, SnapshotId=copy)


def test_it_makes_no_snapshot_of_a_volume_in_use_and_tags_nothing_that_is_there(declared):
    volume, snapshot, _ = declared.original
    given = specification("snapshot", tags(declared))
    assert is_refused(as_restorer(declared, "ec2").create_snapshot, VolumeId=volume, TagSpecifications=given)
    assert is_refused(as_restorer(declared, "ec2").create_tags, Resources=[volume, snapshot], Tags=tags(declared))


@pytest.mark.parametrize(
    "wrong", [{"holdfast:drill": ""}, {"holdfast:drill": "mine"}, {"holdfast:environment": "other"}]
)
def test_it_makes_nothing_that_could_not_be_told_for_a_drills(declared, wrong):
    _, snapshot, _ = declared.original
    given = specification("volume", tags(declared, **wrong))
    make = as_restorer(declared, "ec2").create_volume
    assert is_refused(
        make, SnapshotId=snapshot, AvailabilityZone=f"{PRIMARY}a", Encrypted=True, TagSpecifications=given
    )


def test_it_makes_no_volume_that_is_open(declared):
    _, snapshot, _ = declared.original
    given = specification("volume", tags(declared))
    make = as_restorer(declared, "ec2").create_volume
    assert is_refused(make, SnapshotId=snapshot, AvailabilityZone=f"{PRIMARY}a", TagSpecifications=given)


def test_it_reads_and_restores_no_snapshot_of_anything_else(declared):
    payroll = declared.client("ec2", PRIMARY).create_volume(AvailabilityZone=f"{PRIMARY}a", Size=1)["VolumeId"]
    other = declared.client("ec2", PRIMARY).create_snapshot(VolumeId=payroll)["SnapshotId"]
    given = {"AvailabilityZone": f"{PRIMARY}a", "Encrypted": True, "SnapshotId": other}

    assert is_refused(as_restorer(declared, "ebs").list_snapshot_blocks, SnapshotId=other)
    assert is_refused(
        as_restorer(declared, "ec2").create_volume, **given, TagSpecifications=specification("volume", tags(declared))
    )


def test_it_works_in_no_other_region(declared):
    assert is_refused(as_restorer(declared, "ec2", "eu-west-1").describe_volumes)
