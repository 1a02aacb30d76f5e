"""The EBS direct APIs: blocks are kept as they were written, and follow snapshots, volumes and copies."""

from __future__ import annotations

import base64
import secrets
from hashlib import sha256

import pytest
from botocore.exceptions import ClientError
from protected_bench import OTHER, REGION, client

from holdfast.sandbox import backup_control
from holdfast.sandbox.seeding_volumes import BLOCK, write_snapshot

pytestmark = pytest.mark.sandbox
ONE, TWO, THREE = (bytes([number]) * BLOCK for number in (1, 2, 3))
ZONE = f"{REGION}a"


@pytest.fixture
def endpoints(shared):
    yield shared[1]
    backup_control.switch_on(shared[1], [], "ebs")


@pytest.fixture
def ec2(endpoints):
    return client(endpoints, "ec2")


@pytest.fixture
def ebs(endpoints):
    return client(endpoints, "ebs")


def checksum(content):
    return base64.b64encode(sha256(content).digest()).decode()


def put(ebs, snapshot, index, content, **changes):
    given = {"DataLength": len(content), "Checksum": checksum(content), "ChecksumAlgorithm": "SHA256"} | changes
    return ebs.put_snapshot_block(SnapshotId=snapshot, BlockIndex=index, BlockData=content, **given)


def blocks(ebs, snapshot):
    """Every block of a snapshot, by index."""
    found = {}
    for each in ebs.list_snapshot_blocks(SnapshotId=snapshot)["Blocks"]:
        told = ebs.get_snapshot_block(SnapshotId=snapshot, BlockIndex=each["BlockIndex"], BlockToken=each["BlockToken"])
        content = told["BlockData"].read()
        assert (told["DataLength"], told["Checksum"]) == (len(content), checksum(content))
        found[each["BlockIndex"]] = content
    return found


def code(call, **given):
    with pytest.raises(ClientError) as error:
        call(**given)
    return error.value.response["Error"]["Code"]


def volume_of(ec2, snapshot, **given):
    return ec2.create_volume(SnapshotId=snapshot, AvailabilityZone=ZONE, **given)["VolumeId"]


def test_blocks_follow_from_snapshot_to_volume_to_snapshot_to_copy(endpoints, ec2, ebs):
    begun = write_snapshot(ebs, {0: ONE, 7: TWO}, {})
    snapshot = ec2.create_snapshot(VolumeId=volume_of(ec2, begun))["SnapshotId"]
    copied = client(endpoints, "ec2", OTHER).copy_snapshot(SourceRegion=REGION, SourceSnapshotId=snapshot)["SnapshotId"]

    assert blocks(client(endpoints, "ebs", OTHER), copied) == {0: ONE, 7: TWO}
    told = client(endpoints, "ec2", OTHER).describe_snapshots(SnapshotIds=[copied])["Snapshots"][0]
    assert (told["VolumeId"], told["State"], told["VolumeSize"]) == ("vol-ffffffff", "completed", 1)
    assert code(ec2.describe_snapshots, SnapshotIds=[copied]) == "InvalidSnapshot.NotFound"


def test_a_snapshot_goes_on_from_its_parent_and_the_difference_is_told(ebs):
    first = write_snapshot(ebs, {0: ONE, 1: TWO}, {})
    second = ebs.start_snapshot(VolumeSize=1, ParentSnapshotId=first)["SnapshotId"]
    put(ebs, second, 1, THREE)
    put(ebs, second, 5, ONE)
    together = base64.b64encode(sha256(sha256(THREE).digest() + sha256(ONE).digest()).digest()).decode()
    ebs.complete_snapshot(
        SnapshotId=second,
        ChangedBlocksCount=2,
        Checksum=together,
        ChecksumAlgorithm="SHA256",
        ChecksumAggregationMethod="LINEAR",
    )

    changed = ebs.list_changed_blocks(FirstSnapshotId=first, SecondSnapshotId=second)["ChangedBlocks"]
    assert [(each["BlockIndex"], "FirstBlockToken" in each) for each in changed] == [(1, True), (5, False)]
    assert blocks(ebs, second) == {0: ONE, 1: THREE, 5: ONE}
    assert blocks(ebs, first) == {0: ONE, 1: TWO}


def test_lists_come_in_pages(ebs):
    snapshot = write_snapshot(ebs, dict.fromkeys(range(150), ONE), {})

    first = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=100)
    rest = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=100, NextToken=first["NextToken"])

    assert (len(first["Blocks"]), len(rest["Blocks"]), "NextToken" in rest) == (100, 50, False)
    assert (rest["BlockSize"], rest["VolumeSize"]) == (BLOCK, 1)
    assert ebs.list_snapshot_blocks(SnapshotId=snapshot, StartingBlockIndex=149)["Blocks"][0]["BlockIndex"] == 149


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        (ONE, {"Checksum": checksum(TWO)}),
        (ONE[:-1], {}),
        (ONE, {"DataLength": 512}),
    ],
)
def test_a_block_that_is_not_whole_or_not_as_its_checksum_says_is_refused(ebs, content, changes):
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]

    with pytest.raises(ClientError, match="ValidationException"):
        put(ebs, snapshot, 0, content, **changes)


def test_what_is_outside_the_volume_or_comes_after_the_end_is_refused(ebs):
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    with pytest.raises(ClientError, match="ValidationException"):
        put(ebs, snapshot, 2048, ONE)
    assert code(ebs.complete_snapshot, SnapshotId=snapshot, ChangedBlocksCount=1) == "ValidationException"
    assert code(ebs.list_snapshot_blocks, SnapshotId=snapshot) == "ValidationException"
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=0)

    with pytest.raises(ClientError, match="is not pending"):
        put(ebs, snapshot, 0, ONE)


def test_a_block_is_read_with_its_own_token_only(ebs):
    snapshot = write_snapshot(ebs, {0: ONE, 1: ONE}, {})
    token = ebs.list_snapshot_blocks(SnapshotId=snapshot)["Blocks"][1]["BlockToken"]

    assert code(ebs.get_snapshot_block, SnapshotId=snapshot, BlockIndex=0, BlockToken=token) == "ValidationException"
    assert code(ebs.list_snapshot_blocks, SnapshotId="snap-0123456789abcdef0") == "ResourceNotFoundException"


def test_the_same_token_makes_one_volume_and_one_snapshot(ec2, ebs):
    begun, token = write_snapshot(ebs, {0: ONE}, {}), secrets.token_hex(8)

    assert volume_of(ec2, begun, ClientToken=token) == volume_of(ec2, begun, ClientToken=token)
    started = [ebs.start_snapshot(VolumeSize=1, ClientToken=token)["SnapshotId"] for _ in range(2)]
    assert started[0] == started[1]


def test_what_is_under_a_key_is_read_as_long_as_the_key_can_be_used(endpoints, ec2, ebs):
    kms = client(endpoints, "kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    snapshot = write_snapshot(ebs, {0: ONE}, {"KmsKeyArn": key})
    volume = volume_of(ec2, snapshot)
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["KmsKeyId"] == key

    kms.disable_key(KeyId=key)

    assert code(ebs.list_snapshot_blocks, SnapshotId=snapshot) == "AccessDeniedException"
    made = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    told = ec2.describe_snapshots(SnapshotIds=[made])["Snapshots"][0]
    assert (told["State"], "not accessible" in told["StateMessage"]) == ("error", True)
    assert ec2.describe_volumes(VolumeIds=[volume_of(ec2, snapshot)])["Volumes"][0]["State"] == "error"


def test_a_copy_under_a_key_of_another_region_ends_in_error(endpoints, ebs):
    snapshot = write_snapshot(ebs, {0: ONE}, {})
    key = client(endpoints, "kms").create_key()["KeyMetadata"]["Arn"]
    there = client(endpoints, "ec2", OTHER)

    copied = there.copy_snapshot(SourceRegion=REGION, SourceSnapshotId=snapshot, Encrypted=True, KmsKeyId=key)

    told = there.describe_snapshots(SnapshotIds=[copied["SnapshotId"]])["Snapshots"][0]
    assert (told["State"], told["StateMessage"]) == ("error", "Given key ID is not accessible")


def test_what_ec2_has_besides_is_the_emulators(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "b"}])

    (told,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert told["Tags"] == [{"Key": "a", "Value": "b"}]
    assert code(ec2.describe_vpcs, VpcIds=["vpc-0"]).startswith("Invalid")


def test_snapshots_are_found_by_what_they_are(ec2, ebs):
    mark = secrets.token_hex(4)
    volume = volume_of(ec2, write_snapshot(ebs, {0: ONE}, {}))
    specification = [{"ResourceType": "snapshot", "Tags": [{"Key": "mark", "Value": mark}]}]
    snapshot = ec2.create_snapshot(VolumeId=volume, TagSpecifications=specification, Description="x")["SnapshotId"]
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "more", "Value": mark}])
    ec2.delete_tags(Resources=[snapshot], Tags=[{"Key": "mark"}])

    def found(**filters):
        asked = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
        return [each["SnapshotId"] for each in ec2.describe_snapshots(Filters=asked, OwnerIds=["self"])["Snapshots"]]

    assert found(**{"tag:more": mark}) == found(volume_id=volume) == [snapshot]
    assert found(**{"tag:mark": mark}) == found(volume_id=volume, status="pending") == []
    assert code(ec2.describe_snapshots, Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"


def test_a_locked_snapshot_is_not_deleted(ec2, ebs):
    snapshot = write_snapshot(ebs, {0: ONE}, {})
    ec2.lock_snapshot(SnapshotId=snapshot, LockMode="compliance", LockDuration=2)

    assert code(ec2.delete_snapshot, SnapshotId=snapshot) == "SnapshotLocked"
    assert code(ec2.unlock_snapshot, SnapshotId=snapshot) == "SnapshotLocked"
    shorter = {"SnapshotId": snapshot, "LockMode": "compliance", "LockDuration": 1}
    assert code(ec2.lock_snapshot, **shorter) == "InvalidParameterValue"
    (told,) = ec2.describe_locked_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert told["LockState"] == "compliance"


def test_an_encrypted_snapshot_is_never_public_and_an_archived_one_makes_no_volume(ec2, ebs):
    snapshot = write_snapshot(ebs, {0: ONE}, {})
    public = {"Attribute": "createVolumePermission", "OperationType": "add", "GroupNames": ["all"]}
    assert code(ec2.modify_snapshot_attribute, SnapshotId=snapshot, **public) == "InvalidParameterValue"
    ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")

    assert code(ec2.create_volume, SnapshotId=snapshot, AvailabilityZone=ZONE) == "IncorrectState"
    assert code(ec2.create_volume, Size=1, AvailabilityZone="mars-1a") == "InvalidZone.NotFound"


def test_a_role_reads_blocks_only_where_its_policy_says_so(endpoints, ebs):
    from test_backup_authorization import allow, as_role

    mine, other = (write_snapshot(ebs, {0: ONE}, {}) for _ in range(2))
    arn = f"arn:aws:ec2:{REGION}::snapshot/{mine}"
    reader = client(endpoints, "ebs", **as_role(endpoints, allow("ebs:ListSnapshotBlocks", arn)))
    nobody = client(endpoints, "ec2", **as_role(endpoints, allow("ebs:*")))

    assert len(reader.list_snapshot_blocks(SnapshotId=mine)["Blocks"]) == 1
    assert code(reader.list_snapshot_blocks, SnapshotId=other) == "AccessDeniedException"
    assert code(nobody.describe_snapshots) == "UnauthorizedOperation"
    assert code(nobody.describe_vpcs) == "UnauthorizedOperation"


@pytest.mark.parametrize(
    ("how", "there"),
    [
        ("truncate", {0: ONE}),
        ("missing", {0: ONE, 1: TWO}),
        ("swap", {0: TWO, 1: ONE, 2: THREE}),
        ("extra", {0: ONE, 1: TWO, 2: THREE, 3: b"\x01" * BLOCK}),
        ("older", {}),
    ],
)
def test_a_damage_is_what_it_says(endpoints, ec2, ebs, how, there):
    begun = write_snapshot(ebs, {0: ONE, 1: TWO, 2: THREE}, {})
    fault = {"effect": "damage", "job": "volume", "how": how, "resource": f"*{begun}"}
    backup_control.switch_on(endpoints, [fault], "ebs")

    volume = volume_of(ec2, begun)
    backup_control.switch_on(endpoints, [], "ebs")

    assert blocks(ebs, ec2.create_snapshot(VolumeId=volume)["SnapshotId"]) == there
