"""The restricted roles do their work and nothing else, and cannot grow."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from construct_bench import role as arn_of

from holdfast.constructs import BackupWriter, DrillRunner, KeyAlias, Principals, RestrictedRole
from holdfast.constructs.errors import OutsideLimit, PolicyTooLarge
from holdfast.constructs.policies import role

VAULT, REPLICA, EVIDENCE = (f"arn:aws:s3:::acme-{name}" for name in ("vault", "replica", "evidence"))
KEYS = [KeyAlias("us-east-1", "111122223333", "alias/backups"), KeyAlias("us-west-2", "444455556666", "alias/backups")]
SIGNING = KeyAlias("us-east-1", "111122223333", "alias/signing")
KEY, REPLICA_KEY = (f"{key.keys[:-1]}1234abcd" for key in KEYS)
BACKUPS = {"kms:ResourceAliases": ["alias/backups"], "kms:ViaService": "s3.us-east-1.amazonaws.com"}


@pytest.fixture
def writer(bench):
    BackupWriter(
        bench.stack,
        "Writer",
        role_name="backup-writer",
        trusted=Principals.of(arn_of("pipeline")),
        bucket_arns=[VAULT, REPLICA],
        keys=KEYS,
    )
    return decider(bench)


@pytest.fixture
def drill_runner(bench):
    DrillRunner(
        bench.stack,
        "DrillRunner",
        role_name="drill-runner",
        trusted=Principals.of(arn_of("operator")),
        bucket_arns=[VAULT, REPLICA],
        evidence_bucket_arn=EVIDENCE,
        keys=KEYS,
        signing_key=SIGNING,
    )
    return decider(bench)


def decider(bench):
    policy = bench.template().policy("aws_iam_role_policy")
    return lambda action, on, **context: policy.decides(action, on=on, resource_policy=False, context=context)


@pytest.mark.parametrize("bucket", [VAULT, REPLICA])
@pytest.mark.parametrize("prefix", ["objects/", "sets/"])
def test_the_writer_writes_sets_in_both_regions(writer, bucket, prefix):
    for action in ("s3:PutObject", "s3:PutObjectRetention", "s3:GetObjectVersion", "s3:GetObjectRetention"):
        assert writer(action, f"{bucket}/{prefix}a") == "Allow"
    assert writer("s3:ListBucketVersions", bucket) == "Allow"


@pytest.mark.parametrize("key", [KEY, REPLICA_KEY])
def test_the_writer_encrypts_with_both_keys(writer, key):
    assert writer("kms:GenerateDataKey", key, **BACKUPS) == "Allow"


def test_the_writer_never_decrypts(writer):
    assert writer("kms:Decrypt", KEY, **BACKUPS) == "Deny by NeverDecrypt"


@pytest.mark.parametrize(
    ("action", "on"),
    [
        ("s3:PutObject", f"{VAULT}/canaries/a"),
        ("s3:PutObject", f"{VAULT}/streams/a"),
        ("s3:PutObject", f"{EVIDENCE}/a"),
        ("s3:GetObject", f"{VAULT}/streams/a"),
        ("s3:PutObject", "arn:aws:s3:::acme-vault-of-somebody-else/sets/a"),
    ],
)
def test_the_writer_does_nothing_elsewhere(writer, action, on):
    assert writer(action, on) == "ImplicitDeny"


def test_the_writer_uses_no_other_key(writer):
    other = BACKUPS | {"kms:ResourceAliases": ["alias/payroll"]}
    assert writer("kms:GenerateDataKey", KEY, **other) == "ImplicitDeny"
    direct = {"kms:ResourceAliases": ["alias/backups"]}
    assert writer("kms:GenerateDataKey", KEY, **direct) == "ImplicitDeny"


@pytest.mark.parametrize("bucket", [VAULT, REPLICA, EVIDENCE])
def test_the_drill_runner_reads_everything_with_its_lock(drill_runner, bucket):
    for action in ("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention", "s3:GetObjectLegalHold"):
        assert drill_runner(action, f"{bucket}/a") == "Allow"
    assert drill_runner("s3:GetBucketObjectLockConfiguration", bucket) == "Allow"


def test_the_drill_runner_decrypts_in_both_regions(drill_runner):
    for key in (KEY, REPLICA_KEY):
        assert drill_runner("kms:Decrypt", key, **BACKUPS) == "Allow"


def test_the_drill_runner_writes_canaries_and_evidence(drill_runner):
    for on in (f"{VAULT}/canaries/a", f"{REPLICA}/canaries/a", f"{EVIDENCE}/a"):
        assert drill_runner("s3:PutObject", on) == "Allow"


def test_the_drill_runner_signs_with_the_evidence_key_only(drill_runner):
    aliases = {"kms:ResourceAliases": ["alias/signing"]}
    assert drill_runner("kms:Sign", KEY, **aliases) == "Allow"
    assert drill_runner("kms:Sign", KEY, **{"kms:ResourceAliases": ["alias/release-signing"]}) == "ImplicitDeny"


@pytest.mark.parametrize("prefix", ["objects/", "sets/", "streams/"])
def test_the_drill_runner_writes_no_backup(drill_runner, prefix):
    assert drill_runner("s3:PutObject", f"{VAULT}/{prefix}a") == "ImplicitDeny"


DESTROYING = [
    ("s3:DeleteObject", f"{VAULT}/canaries/a"),
    ("s3:DeleteObjectVersion", f"{VAULT}/canaries/a"),
    ("s3:BypassGovernanceRetention", f"{VAULT}/canaries/a"),
    ("s3:PutBucketVersioning", VAULT),
    ("s3:PutLifecycleConfiguration", REPLICA),
    ("s3:PutBucketPolicy", EVIDENCE),
    ("s3:DeleteBucket", EVIDENCE),
    ("kms:ScheduleKeyDeletion", KEY),
    ("kms:PutKeyPolicy", KEY),
]


@pytest.mark.parametrize(("action", "on"), DESTROYING)
def test_the_writer_never_destroys(writer, action, on):
    assert writer(action, on) == "Deny by NeverDestroy"


@pytest.mark.parametrize(("action", "on"), DESTROYING)
def test_the_drill_runner_never_destroys(drill_runner, action, on):
    assert drill_runner(action, on) == "Deny by NeverDestroy"


@pytest.mark.parametrize("action", ["iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary", "sts:AssumeRole"])
@pytest.mark.parametrize("fixture", ["writer", "drill_runner"])
def test_neither_climbs(request, fixture, action):
    assert request.getfixturevalue(fixture)(action, arn_of("admin")) == "Deny by NeverClimb"


@pytest.mark.parametrize("fixture", ["writer", "drill_runner"])
def test_the_boundary_says_what_the_policy_says(request, bench, fixture):
    request.getfixturevalue(fixture)

    template = bench.template()
    assert template.only("aws_iam_policy")["policy"] == template.only("aws_iam_role_policy")["policy"]
    boundary = template.only("aws_iam_policy")["//"]["metadata"]["uniqueId"]
    assert template.only("aws_iam_role")["permissions_boundary"] == f"${{aws_iam_policy.{boundary}.arn}}"


def test_only_the_trusted_take_on_the_role(bench, writer):
    (statement,) = json.loads(bench.template().only("aws_iam_role")["assume_role_policy"])["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::111122223333:root"]}
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [arn_of("pipeline")]}}
    assert "Resource" not in statement


def restricted(bench, **props):
    defaults = {
        "role_name": "auditor",
        "description": "",
        "trust": role.trust(Principals.of(arn_of("audit"))),
        "statements": [role.list_buckets([VAULT])],
    }
    return RestrictedRole(bench.stack, "Role", **{**defaults, **props})


def test_a_session_lasts_an_hour(bench):
    restricted(bench)

    assert bench.template().only("aws_iam_role")["max_session_duration"] == 3600


@pytest.mark.parametrize("session", [timedelta(minutes=59), timedelta(hours=13)])
def test_a_session_iam_refuses_is_refused(bench, session):
    with pytest.raises(OutsideLimit, match="1 to 12 hours"):
        restricted(bench, session=session)


@pytest.mark.parametrize("name", ["", "x" * 65, "auditor of everything"])
def test_a_name_iam_refuses_is_refused(bench, name):
    with pytest.raises(OutsideLimit, match="role_name"):
        restricted(bench, role_name=name)


def test_more_statements_than_a_boundary_holds_are_refused(bench):
    many = [role.write(f"Write{number}", [VAULT], ["x" * 50]) for number in range(60)]

    with pytest.raises(PolicyTooLarge, match="permissions boundary"):
        restricted(bench, statements=many)
