"""Every role times every action that destroys, opens, or crosses from one tenant to another: the whole matrix.

What may be is in `MAY`; everything else must not be allowed. See `role_bench` for what the evaluator does not know.
"""

from __future__ import annotations

import pytest
from construct_bench import Bench, role
from role_bench import (
    BACKUP_VAULT,
    COPY_VAULT,
    EVIDENCE,
    KEY,
    RECOVERY_POINT,
    REPLICA,
    REPLICA_KEY,
    SERVICE_ROLE,
    VAULT,
    declare,
)

ROLES = (
    "Writer",
    "Operator",
    "Restore",
    "DrillRunner",
    "Auditor",
    "BreakGlass",
    "Replication",
    "Awsbackup",
    "Awsrestore",
    "Awssnapshots",
    "Awsimages",
)
OURS = ROLES[:7]
SHA = "ab" * 32
OBJECT, SET = f"objects/orders/alpha/ab/{SHA}", "sets/orders/alpha/20261122T000000Z-0123456789ab/commit.json"

OBJECTS = [f"{bucket}/{key}" for bucket in (VAULT, REPLICA) for key in (OBJECT, SET, "streams/a", "canaries/a")]
OBJECTS.append(f"{EVIDENCE}/2026/a")
BUCKETS = [VAULT, REPLICA, EVIDENCE]
KEYS = [KEY, REPLICA_KEY]
ADMIN = role("administrator")

DESTROYING = {
    "s3:BypassGovernanceRetention": OBJECTS,
    "s3:DeleteObject": OBJECTS,
    "s3:DeleteObjectVersion": OBJECTS,
    "s3:PutObjectLegalHold": OBJECTS,
    "s3:ReplicateDelete": OBJECTS,
    "s3:DeleteBucket": BUCKETS,
    "s3:DeleteBucketPolicy": BUCKETS,
    "s3:PutBucketAcl": BUCKETS,
    "s3:PutBucketObjectLockConfiguration": BUCKETS,
    "s3:PutBucketPolicy": BUCKETS,
    "s3:PutBucketPublicAccessBlock": BUCKETS,
    "s3:PutBucketVersioning": BUCKETS,
    "s3:PutEncryptionConfiguration": BUCKETS,
    "s3:PutLifecycleConfiguration": BUCKETS,
    "s3:PutReplicationConfiguration": BUCKETS,
    "kms:CreateGrant": KEYS,
    "kms:DeleteImportedKeyMaterial": KEYS,
    "kms:DisableKey": KEYS,
    "kms:PutKeyPolicy": KEYS,
    "kms:ScheduleKeyDeletion": KEYS,
    "backup:DeleteBackupVault": [BACKUP_VAULT, COPY_VAULT],
    "backup:DeleteBackupVaultAccessPolicy": [BACKUP_VAULT, COPY_VAULT],
    "backup:DeleteBackupVaultLockConfiguration": [BACKUP_VAULT, COPY_VAULT],
    "backup:PutBackupVaultAccessPolicy": [BACKUP_VAULT, COPY_VAULT],
    "backup:PutBackupVaultLockConfiguration": [BACKUP_VAULT, COPY_VAULT],
    "backup:DeleteRecoveryPoint": [RECOVERY_POINT],
    "backup:DisassociateRecoveryPoint": [RECOVERY_POINT],
    "backup:UpdateRecoveryPointLifecycle": [RECOVERY_POINT],
    "iam:AttachRolePolicy": [ADMIN],
    "iam:CreateAccessKey": [ADMIN],
    "iam:DeleteRolePermissionsBoundary": [ADMIN],
    "iam:PassRole": [ADMIN],
    "iam:PutRolePolicy": [ADMIN],
    "iam:UpdateAssumeRolePolicy": [ADMIN],
    "sts:AssumeRole": [ADMIN],
    "organizations:LeaveOrganization": ["*"],
    "cloudtrail:StopLogging": ["*"],
    "cloudtrail:DeleteTrail": ["*"],
}

REPAIRED = {
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:PutBackupVaultAccessPolicy",
}
UNBOUND = {
    # the most AWS's managed policies could ever be given; bucket, key and vault policies deny these to such roles
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectLegalHold",
    "s3:ReplicateDelete",
    "s3:DeleteBucket",
    *(action for action in REPAIRED if action.startswith("s3:") and action != "s3:PutBucketPolicy"),
    "s3:PutBucketObjectLockConfiguration",
    "kms:CreateGrant",
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
}
MAY = {
    **{name: set() for name in OURS},
    "BreakGlass": REPAIRED
    | {"kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"},
    # the restore role may pass roles to EC2 and RDS, which the request of this matrix, to AWS Backup, is not
    **dict.fromkeys(ROLES[7:], UNBOUND),
}


@pytest.fixture(scope="module")
def roles():
    return declare(Bench())


def test_every_role_is_in_the_matrix(roles):
    assert set(roles) == set(ROLES)


@pytest.mark.parametrize("action", DESTROYING)
@pytest.mark.parametrize("name", ROLES)
def test_nothing_destructive_is_allowed_that_is_not_meant(roles, name, action):
    allowed = [on for on in DESTROYING[action] if roles[name].decides(action, on, tenant="alpha") == "Allow"]

    if action not in MAY[name]:
        assert not allowed
    else:
        assert allowed, f"{action} is said to be allowed to {name}, and is not"


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("action", ["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"])
def test_no_role_of_ours_could_be_given_the_opening_of_a_lock(roles, name, action):
    assert roles[name].decides(action, f"{VAULT}/{OBJECT}").startswith("Deny by ")


def test_break_glass_repairs_our_buckets_and_vaults_only(roles):
    break_glass = roles["BreakGlass"]

    assert break_glass.decides("s3:PutBucketPolicy", "arn:aws:s3:::payroll") == "ImplicitDeny"
    assert break_glass.decides("backup:PutBackupVaultAccessPolicy", COPY_VAULT) == "ImplicitDeny"
    other = {"kms:ResourceAliases": ["alias/payroll"]}
    assert break_glass.decides("kms:ScheduleKeyDeletion", KEY, context=other) == "ImplicitDeny"


DECRYPT = {"Restore", "DrillRunner", "Replication", "Awsbackup", "Awsrestore", "Awssnapshots", "Awsimages"}


@pytest.mark.parametrize("name", ROLES)
def test_few_roles_decrypt_backups(roles, name):
    assert (roles[name].decides("kms:Decrypt", KEY) == "Allow") is (name in DECRYPT)


WRITE = {"Writer": {f"{bucket}/{key}" for bucket in (VAULT, REPLICA) for key in (OBJECT, SET)}}
WRITE["DrillRunner"] = {f"{VAULT}/canaries/a", f"{REPLICA}/canaries/a", f"{EVIDENCE}/2026/a"}


@pytest.mark.parametrize("name", OURS)
def test_whoever_writes_writes_in_one_place(roles, name):
    assert {on for on in OBJECTS if roles[name].decides("s3:PutObject", on) == "Allow"} == WRITE.get(name, set())


@pytest.mark.parametrize("name", ["Operator", "Auditor", "BreakGlass"])
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion"])
def test_these_roles_read_no_backup(roles, name, action):
    for on in OBJECTS[:-1]:
        assert roles[name].decides(action, on, tenant="alpha") != "Allow"


TENANTS = ("alpha", "beta", "alpha-2", "ab", "orders", "_")
"""`ab` is also how the keys of others go on, `orders` is also a dataset."""


@pytest.mark.parametrize("owner", TENANTS)
@pytest.mark.parametrize("tenant", TENANTS)
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention"])
def test_a_session_reads_its_own_tenant_only(roles, tenant, owner, action):
    for bucket in (VAULT, REPLICA):
        for key in (
            f"objects/orders/{owner}/ab/{SHA}",
            f"sets/orders/{owner}/20261122T000000Z-0123456789ab/commit.json",
        ):
            decided = roles["Restore"].decides(action, f"{bucket}/{key}", tenant=tenant)
            assert (decided == "Allow") is (tenant == owner)


@pytest.mark.parametrize("owner", TENANTS)
@pytest.mark.parametrize("tenant", TENANTS)
@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:ListBucketVersions"])
def test_a_session_lists_its_own_tenant_only(roles, tenant, owner, action):
    for prefix in (f"sets/orders/{owner}/", f"objects/orders/{owner}/ab/{SHA}"):
        decided = roles["Restore"].decides(action, VAULT, tenant=tenant, context={"s3:prefix": prefix})
        assert (decided == "Allow") is (tenant == owner)


@pytest.mark.parametrize("prefix", ["", "sets/", "sets/orders/", "objects/orders/", "streams/"])
def test_a_session_lists_nothing_above_its_tenant(roles, prefix):
    decided = roles["Restore"].decides("s3:ListBucket", VAULT, tenant="alpha", context={"s3:prefix": prefix})
    assert decided == "ImplicitDeny"


def test_terraform_takes_the_policy_variable_for_none_of_its_own():
    bench = Bench()
    declare(bench)

    policy = bench.template().all("aws_iam_role_policy")["test/Restore/Policy"]["policy"]
    assert policy.count("$${aws:PrincipalTag/tenant}") == policy.count("aws:PrincipalTag/tenant") > 0


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:PutObjectRetention"])
def test_without_a_tag_a_session_reads_and_writes_nothing(roles, action):
    for on in OBJECTS:
        assert roles["Restore"].decides(action, on) == "ImplicitDeny"


def test_the_operator_passes_one_role_to_aws_backup_only(roles):
    operator = roles["Operator"]

    assert operator.decides("iam:PassRole", SERVICE_ROLE) == "Allow"
    assert operator.decides("iam:PassRole", role("administrator")) == "Deny by NeverPassAnother"
    elsewhere = {"iam:PassedToService": "ec2.amazonaws.com"}
    assert operator.decides("iam:PassRole", SERVICE_ROLE, context=elsewhere) == "ImplicitDeny"


def test_the_operator_copies_into_the_copy_vault_only(roles):
    operator = roles["Operator"]

    assert operator.decides("backup:CopyFromBackupVault", BACKUP_VAULT) == "Allow"
    for targets in ([f"{COPY_VAULT}-of-somebody-else"], None):
        decided = operator.decides("backup:CopyFromBackupVault", BACKUP_VAULT, context={"backup:CopyTargets": targets})
        assert decided == "ImplicitDeny"


def test_the_auditor_decrypts_evidence_only(roles):
    key = "kms:EncryptionContext:aws:s3:arn"

    for context in (EVIDENCE, f"{EVIDENCE}/2026/a"):
        assert roles["Auditor"].decides("kms:Decrypt", KEY, context={key: context}) == "Allow"
    for context in (VAULT, f"{VAULT}/{OBJECT}", f"{EVIDENCE}-2"):
        assert roles["Auditor"].decides("kms:Decrypt", KEY, context={key: context}) == "ImplicitDeny"
