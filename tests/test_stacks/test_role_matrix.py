"""Every role of production times everything that destroys, opens, blinds or climbs, on everything production declares.

Unlike the matrix of the constructs this one has the policies of the resources in it, and both accounts. What a role may
do is in `MAY`; nothing else may be allowed. See `role_ground` for who decides.
"""

from __future__ import annotations

import json

import pytest
from role_ground import Judge

from holdfast.environments.names import Names
from holdfast.objectives.access import Kind, Principal
from holdfast.stacks.separation import principals_of, protected_of

OBJECTS = {
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectLegalHold",
    "s3:ReplicateDelete",
}
BUCKETS = {
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketLogging",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
}
KEYS = {
    "kms:CreateGrant",
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
}
VAULTS = {
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:DeleteBackupVaultNotifications",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultLockConfiguration",
    "backup:PutBackupVaultNotifications",
}
RECOVERY_POINTS = {
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
}
ROLES = {
    "iam:AttachRolePolicy",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PassRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "sts:AssumeRole",
}
DESTRUCTIVE = {
    Kind.OBJECTS: OBJECTS,
    Kind.BUCKET: BUCKETS,
    Kind.KEY: KEYS,
    Kind.VAULT: VAULTS,
    Kind.RECOVERY_POINTS: RECOVERY_POINTS,
    Kind.ROLES: ROLES,
}
ANYWHERE = {
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DisableAlarmActions",
    "events:DeleteRule",
    "events:DisableRule",
    "logs:DeleteLogGroup",
    "logs:DeleteLogStream",
    "logs:DeleteMetricFilter",
    "organizations:LeaveOrganization",
    "rbin:DeleteRule",
    "rbin:UnlockRule",
    "sns:DeleteTopic",
    "sns:Unsubscribe",
}
"""Done to what has no policy of its own here; asked about `*`, which only an unlimited permission covers."""

REPAIRS = {
    *(BUCKETS - {"s3:DeleteBucket", "s3:PutBucketObjectLockConfiguration"}),
    *(KEYS - {"kms:CreateGrant"}),
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultNotifications",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultNotifications",
}
MAY = {
    "break-glass": REPAIRS,
    "backup-operator": {"iam:PassRole"},  # the role of AWS Backup, to AWS Backup
    "drill-restorer": {"iam:PassRole"},  # the role AWS Backup restores with, to AWS Backup
}
"""By purpose of the role. All others may do nothing of it."""


@pytest.fixture(scope="module")
def prod(synthesized):
    return synthesized("prod")


@pytest.fixture(scope="module")
def ground(prod):
    """Roles and resources of production, and who decides."""
    documents = [prod.document(part) for part in prod.parts]
    roles = [each for each in principals_of(prod.environment, documents) if each.declared]
    protected = protected_of(prod.environment, documents)
    aliases = tuple(each.name.partition(" ")[0] for each in protected if each.kind is Kind.KEY)
    return Judge(aliases), roles, protected


def purpose(role, prod):
    return role.name.partition("@")[0].removeprefix(f"{Names(prod.environment).prefix}-")


def places(on):
    """Where in a protected thing an action is tried."""
    if on.kind is Kind.OBJECTS:
        return [
            on.arn.replace("*", key)
            for key in ("objects/orders/alpha/ab/1", "sets/orders/_/a", "streams/a", "canaries/a")
        ]
    if on.kind is Kind.ROLES:
        return [
            on.arn.replace("*", name) for name in ("aws-backup", "restore-operator", "break-glass", "restore-tests")
        ]
    if on.kind is Kind.RECOVERY_POINTS:
        return [f"arn:aws:backup:us-east-1:{on.account}:recovery-point:1234", "arn:aws:ec2:us-east-1::snapshot/snap-1"]
    return [on.arn.replace("*", "1234abcd")]


def granted(ground, role, action, kind):
    judge, _, protected = ground
    return {
        f"{action} on {arn}"
        for on in protected
        if on.kind is kind
        for arn in places(on)
        if judge.allows(role, action, arn, on)
    }


def test_every_role_that_is_declared_is_judged(prod, ground):
    declared = [arguments["name"] for kind, _, arguments in prod.resources() if kind == "aws_iam_role"]

    assert sorted(declared) == sorted(role.name.partition("@")[0] for role in ground[1])
    assert {purpose(role, prod) for role in ground[1]} >= {
        "auditor",
        "aws-backup",
        "backup-operator",
        "backup-writer",
        "break-glass",
        "drill-restorer",
        "drill-runner",
        "replication",
        "restore-operator",
    }


@pytest.mark.parametrize(
    ("kind", "action"), [(kind, each) for kind, found in DESTRUCTIVE.items() for each in sorted(found)]
)
def test_nothing_destructive_is_allowed_that_is_not_meant(prod, ground, kind, action):
    found = {role.name: granted(ground, role, action, kind) for role in ground[1]}

    for role in ground[1]:
        if action not in MAY.get(purpose(role, prod), ()):
            assert not found[role.name], role.name
        else:
            assert found[role.name], f"{action} is said to be allowed to {role.name}, and is not"


@pytest.mark.parametrize("action", sorted(ANYWHERE))
def test_nobody_looks_away_or_leaves(ground, action):
    judge, roles, protected = ground
    at_home = {each.account: each for each in protected if each.kind is Kind.ROLES}
    for role in roles:
        assert not judge.allows(role, action, "arn:aws:any:us-east-1::thing/one", at_home[role.account]), role.name


def test_break_glass_destroys_no_key_and_repairs_no_bucket_of_the_other_account(ground):
    for role in ground[1]:
        if "break-glass" in role.name:
            for kind, action in ((Kind.KEY, "kms:ScheduleKeyDeletion"), (Kind.BUCKET, "s3:PutBucketPolicy")):
                judge, _, protected = ground
                for on in protected:
                    allowed = judge.allows(role, action, places(on)[0], on) if on.kind is kind else False
                    assert allowed is (on.kind is kind and on.account == role.account), f"{role.name} {on}"


def test_an_operator_passes_on_the_role_of_aws_backup_and_no_other(ground):
    judge, roles, protected = ground
    (operator,) = (role for role in roles if role.name == "holdfast-prod-backup-operator")
    (ours,) = (on for on in protected if on.kind is Kind.ROLES and on.account == operator.account)

    passed = [arn for arn in places(ours) if judge.allows(operator, "iam:PassRole", arn, ours)]
    assert passed == [f"arn:aws:iam::{operator.account}:role/holdfast-prod-aws-backup"]
    assert not judge.allows(
        operator, "iam:PassRole", passed[0], ours, context={"iam:PassedToService": "ec2.amazonaws.com"}
    )


TENANTS = ("alpha", "beta", "alpha-2", "ab", "orders", "_")
"""`ab` is also how the keys of others go on, `orders` is also a dataset."""


@pytest.mark.parametrize("owner", TENANTS)
@pytest.mark.parametrize("tenant", TENANTS)
def test_a_restore_for_one_tenant_reads_no_other_in_either_account(ground, tenant, owner):
    judge, roles, protected = ground
    (restore,) = (role for role in roles if role.name == "holdfast-prod-restore-operator")
    readable = 0
    for on in protected:
        if on.kind is Kind.OBJECTS:
            for key in (
                f"objects/orders/{owner}/ab/{'ab' * 32}",
                f"sets/orders/{owner}/20261122T000000Z-0123456789ab/commit.json",
            ):
                for action in ("s3:GetObject", "s3:GetObjectVersion"):
                    allowed = judge.allows(restore, action, on.arn.replace("*", key), on, tenant=tenant)
                    backups = "-vault-" in on.arn or "-replica-" in on.arn
                    assert allowed is (backups and tenant == owner), f"{action} {on.arn} {key}"
                    readable += allowed
    assert readable == (8 if tenant == owner else 0)


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion"])
def test_a_session_without_a_tenant_reads_nothing(ground, action):
    judge, roles, protected = ground
    (restore,) = (role for role in roles if role.name == "holdfast-prod-restore-operator")

    for on in protected:
        if on.kind is Kind.OBJECTS:
            assert not any(judge.allows(restore, action, arn, on) for arn in places(on))


def test_an_administrator_who_is_named_nowhere_meets_the_policies_of_the_resources(ground):
    # GIVEN somebody of each account with AdministratorAccess
    judge, _, protected = ground
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]}
    for account in {each.account for each in protected}:
        admin = Principal("admin", f"arn:aws:iam::{account}:role/admin", (everything,))

        # THEN nothing that holds backups can be deleted or opened, and no key used or destroyed
        for on in protected:
            # nobody is told of what happens in an air-gapped vault, so there is nobody to keep from hearing of it
            silent = {each for each in VAULTS if "Notifications" in each} if "air-gapped" in on.name else set()
            actions = DESTRUCTIVE[on.kind] - silent | ({"kms:Decrypt"} if on.kind is Kind.KEY else set())
            if on.kind is not Kind.ROLES:
                allowed = [
                    action for action in actions if any(judge.allows(admin, action, arn, on) for arn in places(on))
                ]
                assert allowed == [], str(on)


def test_what_would_be_too_much_is_noticed(ground):
    # GIVEN a writer that is given a deletion, and a bucket that no longer denies it
    judge, roles, protected = ground
    (writer,) = (role for role in roles if role.name == "holdfast-prod-backup-writer")
    more = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "More", "Effect": "Allow", "Action": ["s3:DeleteObjectVersion"], "Resource": ["*"]}],
    }
    (on,) = (each for each in protected if each.kind is Kind.OBJECTS and "-vault-" in each.arn)
    open_bucket = json.loads(json.dumps(on.policy))
    open_bucket["Statement"] = [each for each in open_bucket["Statement"] if each["Effect"] == "Allow"]

    # THEN the judge says so, once every lock on the door is gone
    wide = Principal(writer.name, writer.arn, (more,))
    arn = places(on)[0]
    assert not judge.allows(wide, "s3:DeleteObjectVersion", arn, on)
    unlocked = type(on)(on.kind, on.name, on.arn, on.account, open_bucket)
    assert judge.allows(wide, "s3:DeleteObjectVersion", arn, unlocked)
    assert not judge.allows(writer, "s3:DeleteObjectVersion", arn, unlocked)
