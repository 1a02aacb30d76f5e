"""Two roles that may more than others, and how little that is: what drills restore with, what databases archive with.

Decided about the synthesized stacks of production; see `role_ground` for who decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from role_ground import Judge

from holdfast.environments.names import Names
from holdfast.objectives.access import Kind, Protected
from holdfast.stacks.separation import principals_of, protected_of

SOURCE_TABLES = ("orders", "holdfast-prod", "holdfast-prod-drill", "holdfast-prod-drill-", "holdfast-other-drill-x")
DRILL = "drill-20261122T081500Z-0123abcd"


@dataclass(frozen=True)
class Ground:
    """Roles and resources of production, and who decides."""

    names: Names
    judge: Judge
    roles: tuple
    protected: tuple

    def role(self, purpose, account=None):
        name = self.names.role(purpose)
        (found,) = (
            each for each in self.roles if each.name.partition("@")[0] == name and account in (None, each.account)
        )
        return found

    def allows(self, role, action, arn, **context):
        anywhere = Protected(Kind.ROLES, "anything else", arn, role.account)
        return self.judge.allows(role, action, arn, anywhere, context=context)


@pytest.fixture(scope="module")
def ground(synthesized):
    prod = synthesized("prod")
    documents = [prod.document(part) for part in prod.parts]
    protected = protected_of(prod.environment, documents)
    aliases = tuple(each.name.partition(" ")[0] for each in protected if each.kind is Kind.KEY)
    roles = tuple(each for each in principals_of(prod.environment, documents) if each.declared)
    return Ground(Names(prod.environment), Judge(aliases), roles, protected)


# --- the drill restorer -----------------------------------------------------------------------------------------------

TOUCHING_TABLES = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteTable",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
)
TOUCHING_BUCKETS = ("s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketTagging", "s3:PutBucketVersioning")
TOUCHING_OBJECTS = ("s3:DeleteObjectVersion", "s3:GetObject")


def places(ground):
    """Each account drills restore in, with its Region."""
    environment = ground.names.environment
    regions = environment.regions
    return [(ground.names.restorer_account(region), region) for region in (regions.primary, regions.recovery)]


@pytest.mark.parametrize("action", TOUCHING_TABLES)
def test_a_drill_touches_tables_of_its_own_and_no_other(ground, action):
    for account, region in places(ground):
        role, table = ground.role("drill-restorer", account), f"arn:aws:dynamodb:{region}:{account}:table/"
        assert ground.allows(role, action, table + ground.names.scratch_name(DRILL))
        assert ground.allows(role, action, table + ground.names.scratch_name(DRILL) + "-tenant")
        for name in SOURCE_TABLES:
            assert not ground.allows(role, action, table + name), name


@pytest.mark.parametrize("action", [*TOUCHING_BUCKETS, *TOUCHING_OBJECTS])
def test_a_drill_touches_buckets_of_its_own_and_no_other(ground, action):
    inside = "/key" if action in TOUCHING_OBJECTS else ""
    others = [*ground.names.buckets, *SOURCE_TABLES]
    for account, _ in places(ground):
        role = ground.role("drill-restorer", account)
        assert ground.allows(role, action, f"arn:aws:s3:::{ground.names.scratch_name(DRILL)}{inside}")
        for name in others:
            assert not ground.allows(role, action, f"arn:aws:s3:::{name}{inside}"), name


def test_a_drill_hands_one_role_to_aws_backup_and_to_nobody_else(ground):
    for account, _ in places(ground):
        role = ground.role("drill-restorer", account)
        restoring = ground.names.role_arn("restore-tests", account=account)
        assert ground.allows(role, "iam:PassRole", restoring)
        assert not ground.allows(role, "iam:PassRole", restoring, **{"iam:PassedToService": "ec2.amazonaws.com"})
        for purpose in ("aws-backup", "break-glass", "drill-restorer"):
            assert not ground.allows(role, "iam:PassRole", ground.names.role_arn(purpose, account=account))


def test_a_drill_that_restores_reads_no_backup_set_and_uses_no_key_of_the_backups(ground):
    for account, _ in places(ground):
        role = ground.role("drill-restorer", account)
        for on in ground.protected:
            if on.kind is Kind.OBJECTS:
                assert not ground.judge.allows(role, "s3:GetObject", on.arn.replace("*", "objects/orders/_/ab/1"), on)
            if on.kind is Kind.KEY:
                assert not ground.judge.allows(role, "kms:Decrypt", on.arn.replace("*", "1234abcd"), on)


# --- the stream writer ------------------------------------------------------------------------------------------------

READING = ("s3:GetObject", "s3:GetObjectAttributes", "s3:GetObjectVersion", "s3:GetObjectVersionForReplication")
KEYS = ("streams/accounts/main/wals/0000000100000000/1", "streams/accounts/main/base/1/backup.info", "objects/a/_/ab/1")


def vault(ground):
    bucket = f"arn:aws:s3:::{ground.names.vault_bucket}"
    (objects,) = (on for on in ground.protected if on.kind is Kind.OBJECTS and on.arn.startswith(bucket))
    return bucket, objects


def key(ground):
    region = ground.names.environment.regions.primary
    (found,) = (
        on
        for on in ground.protected
        if on.kind is Kind.KEY and on.name.startswith(f"{ground.names.key_alias} ") and f":{region}:" in on.arn
    )
    return found


@pytest.mark.parametrize("action", READING)
def test_a_database_reads_nothing_it_archived_nor_anything_else(ground, action):
    role = ground.role("stream-writer")
    for on in ground.protected:
        if on.kind is Kind.OBJECTS:
            for each in KEYS:
                assert not ground.judge.allows(role, action, on.arn.replace("*", each), on)


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"])
def test_a_database_adds_below_streams_and_nowhere_else(ground, action):
    role, (bucket, objects) = ground.role("stream-writer"), vault(ground)
    assert ground.judge.allows(role, action, f"{bucket}/{KEYS[0]}", objects)
    for other in ("objects/a/_/ab/1", "sets/a/_/1/commit.json", "canaries/x", "stream/x"):
        assert not ground.judge.allows(role, action, f"{bucket}/{other}", objects)


@pytest.mark.parametrize("action", ["s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:BypassGovernanceRetention"])
def test_a_database_changes_no_lock(ground, action):
    bucket, objects = vault(ground)
    assert not ground.judge.allows(ground.role("stream-writer"), action, f"{bucket}/{KEYS[0]}", objects)


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        ({"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": "VAULT"}, True),
        ({"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": "VAULT/streams/x"}, True),
        (
            {"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": "VAULT/objects/x"},
            False,
        ),
        ({"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": "EVIDENCE"}, False),
        ({"kms:ViaService": "s3.us-east-1.amazonaws.com"}, False),
        ({"kms:ViaService": "ec2.us-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": "VAULT"}, False),
        ({"kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": "VAULT"}, False),
    ],
)
def test_a_database_decrypts_through_s3_and_for_its_bucket_only(ground, context, allowed):
    arns = {
        "VAULT": f"arn:aws:s3:::{ground.names.vault_bucket}",
        "EVIDENCE": f"arn:aws:s3:::{ground.names.evidence_bucket}",
    }
    given = {name: "/".join([arns.get(value.split("/")[0], value.split("/")[0]), *value.split("/")[1:]])
             for name, value in context.items()}  # fmt: skip
    on, role = key(ground), ground.role("stream-writer")
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert ground.judge.allows(role, action, on.arn.replace("*", "1234abcd"), on, context=given) is allowed


def test_the_backup_writer_still_decrypts_nothing(ground):
    on = key(ground)
    bucket, _ = vault(ground)
    given = {"kms:EncryptionContext:aws:s3:arn": bucket}
    assert not ground.judge.allows(
        ground.role("backup-writer"), "kms:Decrypt", on.arn.replace("*", "1234abcd"), on, context=given
    )


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("namespace", "allowed"), [("Holdfast", True), ("AWS/Backup", False), ("Holdfast2", False)])
def test_the_drill_runner_publishes_figures_of_one_namespace(ground, namespace, allowed):
    given = {"cloudwatch:namespace": namespace}
    assert ground.allows(ground.role("drill-runner"), "cloudwatch:PutMetricData", "*", **given) is allowed


def test_nobody_else_publishes_figures(ground):
    for role in ground.roles:
        if "drill-runner" not in role.name:
            given = {"cloudwatch:namespace": "Holdfast"}
            assert not ground.allows(role, "cloudwatch:PutMetricData", "*", **given), role.name
