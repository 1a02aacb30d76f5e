"""The bootstrap, planned by the real Terraform: a state bucket nobody weakens, and roles that do their work only."""

from __future__ import annotations

import json

import pytest
from bootstrap_ground import BACKUP, KEY, STATE, VAULT, WORKLOAD

from holdfast.environments.loading import load_environment

pytestmark = pytest.mark.terraform


def test_terraform_accepts_what_is_written_and_finds_it_well_formatted(terraform, made):
    written = made("regulated").root / "bootstrap/acme"

    terraform(written, "fmt", "-check", "-recursive")
    terraform(written, "init", "-input=false", "-backend=false")

    assert json.loads(terraform(written, "validate", "-json"))["diagnostics"] == []


@pytest.mark.parametrize(
    "variables",
    [
        {"github_subject": "acme/infra", "gitlab_project": "acme", "gitlab_host": "https://gitlab.com"},
        {"github_subject": "repo:acme/*", "gitlab_project": "acme/*"},
        {"github_subject": "repo:acme/infra:ref:refs/heads/main"},
    ],
)
def test_a_trust_that_would_let_others_in_is_refused(terraform, folder, variables):
    options = [f"-var={name}={value}" for name, value in variables.items()]

    said = terraform(folder(), "plan", "-input=false", "-no-color", *options, fails=True)

    assert said.count("Error: Invalid value for variable") == said.count("Allowed: ") == len(variables)
    assert all(f"var.{name} is" in said for name in variables)


def test_the_state_bucket_is_where_the_environment_looks_for_it(bootstrap, made):
    plan, state = bootstrap(), load_environment("acme", made().environments).environment.state

    assert state is not None
    assert plan.resources["aws_s3_bucket.state"]["bucket"] == state.bucket
    assert state.region == "us-west-2"
    alias = plan.resources["aws_kms_alias.state"]["name"]
    assert state.kms_key_id == f"arn:aws:kms:us-west-2:{BACKUP}:{alias}"


def test_the_state_bucket_is_versioned_encrypted_private_and_has_object_lock(bootstrap):
    resources = bootstrap().resources

    assert resources["aws_s3_bucket.state"]["object_lock_enabled"] is True
    assert resources["aws_s3_bucket_versioning.state"]["versioning_configuration"][0]["status"] == "Enabled"
    (rule,) = resources["aws_s3_bucket_server_side_encryption_configuration.state"]["rule"]
    assert rule["apply_server_side_encryption_by_default"][0]["sse_algorithm"] == "aws:kms"
    private = resources["aws_s3_bucket_public_access_block.state"]
    switches = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(private[each] is True for each in switches)
    assert resources["aws_kms_key.state"]["enable_key_rotation"] is True


def test_no_default_retention_keeps_terraform_s_lock_from_being_deleted(bootstrap):
    assert not [address for address in bootstrap().resources if "object_lock_configuration" in address]


@pytest.mark.parametrize("sid", ["OnlyTls", "OnlyRecentTls", "OnlyKms"])
def test_the_bucket_policy_denies_plain_http_old_tls_and_other_encryption(bootstrap, sid):
    statement = bootstrap().policy("aws_s3_bucket_policy.state").statement(sid)

    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert f"{STATE}/*" in statement["Resource"]


def test_each_account_s_roles_see_the_states_of_its_own_stacks(bootstrap, made, tmp_path):
    import holdfast.constructs  # noqa: F401  # decides which Node.js jsii runs on, before anything imports cdktn
    from holdfast.stacks.app import synthesize

    plan = bootstrap()
    stacks = synthesize(load_environment("acme", made().environments).environment, tmp_path / "out")

    for stack in stacks:
        key = json.loads(stack.configuration.read_text())["terraform"]["backend"]["s3"]["key"]
        side, other = ("Backup", "Workload") if stack.account == BACKUP else ("Workload", "Backup")
        policy = plan.policy("aws_s3_bucket_policy.state")
        for right in ("Read", "Write"):
            assert f"{STATE}/{key}" in policy.statement(f"{side}{right}")["Resource"]
            assert f"{STATE}/{key}" not in policy.statement(f"{other}{right}")["Resource"]
        assert f"{STATE}/{key}.tflock" in policy.statement(f"{side}Lock")["Resource"]
        for purpose in ("planner", "deployer"):
            module = "module.backup_roles" if stack.account == BACKUP else "module.workload_roles[0]"
            role = plan.role(purpose, module)
            assert role.allows("s3:GetObject", f"{STATE}/{key}")
            assert role.allows("s3:DeleteObject", f"{STATE}/{key}.tflock")
            assert role.allows("s3:PutObject", f"{STATE}/{key}") is (purpose == "deployer")
            assert not role.allows("s3:DeleteObject", f"{STATE}/{key}")


@pytest.mark.parametrize(
    ("purpose", "subject"),
    [
        ("planner", "repo:acme@12/infra@34:ref:refs/heads/main"),
        ("deployer", "repo:acme@12/infra@34:environment:acme"),
        ("operator", "repo:acme@12/infra@34:environment:acme-drill"),
    ],
)
def test_github_takes_on_a_role_from_the_deployed_branch_only(bootstrap, purpose, subject):
    statement = bootstrap().trust(purpose).statement("GitHub")

    equals = statement["Condition"]["StringEquals"]
    host = "token.actions.githubusercontent.com"
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{WORKLOAD}:oidc-provider/{host}"}
    assert (equals[f"{host}:sub"], equals[f"{host}:aud"]) == (subject, "sts.amazonaws.com")
    assert "refs/heads/main" in (
        equals.get(f"{host}:ref"),
        equals[f"{host}:sub"].removeprefix("repo:acme@12/infra@34:ref:"),
    )
    assert set(statement["Condition"]) == {"StringEquals"}


@pytest.mark.parametrize("purpose", ["planner", "deployer", "operator"])
def test_gitlab_takes_on_a_role_from_the_deployed_branch_only(bootstrap, purpose):
    statement = bootstrap().trust(purpose).statement("GitLab")

    assert statement["Condition"]["StringLike"] == {
        "gitlab.com:sub": "project_path:acme/platform/infra:ref_type:branch:ref:main"
    }
    assert statement["Condition"]["StringEquals"] == {"gitlab.com:aud": "sts.amazonaws.com"}


def test_only_the_planner_is_opened_to_what_is_not_merged_and_only_on_demand(bootstrap):
    plan = bootstrap(review_plan="real")

    (github, gitlab) = plan.trust("planner").statements
    assert github["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == [
        "repo:acme@12/infra@34:ref:refs/heads/main",
        "repo:acme@12/infra@34:pull_request",
    ]
    assert gitlab["Condition"]["StringLike"]["gitlab.com:sub"].endswith(":ref_type:branch:ref:*")
    for purpose in ("deployer", "operator"):
        assert "pull_request" not in json.dumps(plan.trust(purpose).document)
        assert "*" not in json.dumps(plan.trust(purpose).document)


def test_without_a_pipeline_nobody_takes_on_a_role(bootstrap):
    for purpose in ("planner", "deployer", "operator"):
        assert [each["Effect"] for each in bootstrap({}).trust(purpose).statements] == ["Deny"]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutBucketPolicy", VAULT),
        ("s3:PutBucketPolicy", STATE),
        ("s3:PutObject", f"{STATE}/acme/primary.tfstate"),
        ("s3:GetObject", f"{VAULT}/objects/x"),
        ("kms:PutKeyPolicy", KEY),
        ("kms:CreateKey", "*"),
        ("iam:CreateRole", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-drill-runner"),
        ("iam:PassRole", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-replication"),
        ("sts:AssumeRole", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-drill-runner"),
    ],
)
def test_the_planner_changes_nothing(bootstrap, action, resource):
    assert not bootstrap().role("planner").allows(action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", f"{VAULT}/objects/x"),
        ("s3:GetObjectVersion", f"{VAULT}/objects/x"),
        ("s3:PutObject", f"{VAULT}/objects/x"),
        ("s3:DeleteObject", f"{VAULT}/objects/x"),
        ("s3:DeleteObjectVersion", f"{VAULT}/objects/x"),
        ("s3:BypassGovernanceRetention", f"{VAULT}/objects/x"),
        ("s3:PutObjectRetention", f"{VAULT}/objects/x"),
        ("s3:DeleteBucket", VAULT),
        ("s3:DeleteBucketPolicy", VAULT),
        ("s3:PutBucketPolicy", STATE),
        ("s3:PutBucketPolicy", "arn:aws:s3:::somebody-else"),
        ("s3:GetObject", f"{STATE}/acme/recovery.tfstate"),
        ("kms:ScheduleKeyDeletion", KEY),
        ("kms:DisableKey", KEY),
        ("kms:Sign", KEY),
        ("kms:PutKeyPolicy", f"arn:aws:kms:us-east-1:{BACKUP}:key/1234"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-deployer"),
        ("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-break-glass"),
        ("iam:PassRole", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-operator"),
        ("iam:CreateRole", f"arn:aws:iam::{WORKLOAD}:role/somebody-else"),
        ("iam:CreatePolicy", f"arn:aws:iam::{WORKLOAD}:policy/holdfast-acme-wide"),
        ("iam:AttachRolePolicy", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-planner"),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{WORKLOAD}:policy/holdfast-acme-pipeline-never"),
        ("backup:DeleteRecoveryPoint", "arn:aws:backup:us-east-1:111111111111:recovery-point:x"),
        ("backup:DeleteBackupVault", "arn:aws:backup:us-east-1:111111111111:backup-vault:holdfast-acme-backups"),
        ("iam:DeleteRolePermissionsBoundary", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-drill-runner"),
        ("iam:CreateUser", f"arn:aws:iam::{WORKLOAD}:user/x"),
        ("sts:AssumeRole", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-drill-runner"),
        ("s3:PutObjectLegalHold", f"{VAULT}/objects/x"),
        ("s3:ReplicateDelete", f"{VAULT}/objects/x"),
        ("kms:DeleteImportedKeyMaterial", KEY),
        ("kms:DisableKeyRotation", KEY),
        ("backup:DeleteBackupVaultAccessPolicy", "arn:aws:backup:us-east-1:111111111111:backup-vault:holdfast-acme-x"),
        (
            "backup:DeleteBackupVaultLockConfiguration",
            "arn:aws:backup:us-east-1:111111111111:backup-vault:holdfast-acme-x",
        ),
        ("backup:DisassociateRecoveryPoint", "arn:aws:backup:us-east-1:111111111111:recovery-point:x"),
        ("backup:UpdateRecoveryPointLifecycle", "arn:aws:backup:us-east-1:111111111111:recovery-point:x"),
        ("backup:StartRestoreJob", "arn:aws:backup:us-east-1:111111111111:recovery-point:x"),
        ("cloudtrail:DeleteTrail", "arn:aws:cloudtrail:us-east-1:111111111111:trail/holdfast-acme"),
        ("cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:111111111111:trail/holdfast-acme"),
        ("events:DisableRule", "arn:aws:events:us-east-1:111111111111:rule/holdfast-acme-x"),
        ("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:111111111111:log-group:holdfast-acme"),
        ("sns:DeleteTopic", "arn:aws:sns:us-east-1:111111111111:holdfast-acme-alerts"),
        ("rbin:UnlockRule", "arn:aws:rbin:us-east-1:111111111111:rule/x"),
        ("iam:DeleteRole", f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-restore-operator"),
        ("iam:CreateAccessKey", f"arn:aws:iam::{WORKLOAD}:user/holdfast-acme/emergency/alice"),
        ("organizations:LeaveOrganization", "*"),
    ],
)
def test_the_deployer_neither_touches_backups_nor_climbs(bootstrap, action, resource):
    assert not bootstrap().role("deployer").allows(action, resource)


BREAK_GLASS = f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-break-glass"
ITS_BOUNDARY = f"arn:aws:iam::{WORKLOAD}:policy/holdfast-acme-break-glass-boundary"
OTHER_BOUNDARY = f"arn:aws:iam::{WORKLOAD}:policy/holdfast-acme-wide-boundary"


@pytest.mark.parametrize(
    ("action", "on", "context"),
    [
        ("iam:CreatePolicy", ITS_BOUNDARY, {}),
        ("iam:CreateRole", BREAK_GLASS, {"PermissionsBoundary": ITS_BOUNDARY}),
        ("iam:TagRole", BREAK_GLASS, {}),
        ("iam:AttachRolePolicy", BREAK_GLASS, {"PolicyARN": ITS_BOUNDARY, "PermissionsBoundary": ITS_BOUNDARY}),
        ("iam:GetRole", BREAK_GLASS, {}),
    ],
)
def test_the_deployer_may_make_break_glass(bootstrap, action, on, context):
    assert bootstrap().role("deployer").decides(action, on, **context) == "Allow"


@pytest.mark.parametrize(
    ("action", "on", "context"),
    [
        ("iam:CreateRole", BREAK_GLASS, {"PermissionsBoundary": OTHER_BOUNDARY}),
        ("iam:CreateRole", BREAK_GLASS, {}),
        ("iam:AttachRolePolicy", BREAK_GLASS, {"PolicyARN": OTHER_BOUNDARY, "PermissionsBoundary": ITS_BOUNDARY}),
        *(
            (f"iam:{verb}", BREAK_GLASS, {"PermissionsBoundary": ITS_BOUNDARY})
            for verb in (
                "DeleteRole",
                "DeleteRolePermissionsBoundary",
                "DeleteRolePolicy",
                "DetachRolePolicy",
                "PassRole",
                "PutRolePermissionsBoundary",
                "PutRolePolicy",
                "UntagRole",
                "UpdateAssumeRolePolicy",
                "UpdateRole",
            )
        ),
        *(
            (f"iam:{verb}", ITS_BOUNDARY, {})
            for verb in ("CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion")
        ),
        ("sts:AssumeRole", BREAK_GLASS, {}),
    ],
)
def test_the_deployer_may_not_change_or_open_break_glass_once_it_is_there(bootstrap, action, on, context):
    assert bootstrap().role("deployer").decides(action, on, **context).startswith("Deny by Never")


def test_what_the_deployer_may_make_of_break_glass_is_what_the_stacks_make(made, tmp_path):
    import holdfast.constructs  # noqa: F401  # decides which Node.js jsii runs on, before anything imports cdktn
    from holdfast.stacks.app import synthesize

    # GIVEN the stacks of an environment made from a template
    stacks = synthesize(load_environment("acme", made().environments).environment, tmp_path / "out")

    # THEN both accounts get a break-glass role by the names the deployer is limited to
    for stack in stacks:
        resources = json.loads(stack.configuration.read_text())["resource"]
        for role in resources.get("aws_iam_role", {}).values():
            if role["name"] == "holdfast-acme-break-glass":
                (boundary,) = (
                    policy["name"]
                    for key, policy in resources["aws_iam_policy"].items()
                    if role["permissions_boundary"] == f"${{aws_iam_policy.{key}.arn}}"
                )
                assert boundary == "holdfast-acme-break-glass-boundary"
                found = [each["policy_arn"] for each in resources["aws_iam_role_policy_attachment"].values()]
                assert role["permissions_boundary"] in found
    made_in = [stack.account for stack in stacks if '"holdfast-acme-break-glass"' in stack.configuration.read_text()]
    assert sorted(made_in) == sorted([WORKLOAD, BACKUP])


def test_the_deployer_makes_no_role_without_a_boundary(bootstrap):
    statement = bootstrap().role("deployer").statement("CreateRolesWithABoundary")

    boundary = f"arn:aws:iam::{WORKLOAD}:policy/holdfast-acme-*-boundary"
    assert statement["Condition"] == {"ArnLike": {"iam:PermissionsBoundary": boundary}}


def test_the_deployer_attaches_no_policy_but_aws_s_own_for_backups(bootstrap):
    condition = bootstrap().role("deployer").statement("AttachAwsPolicies")["Condition"]

    arns = condition["ArnEquals"]["iam:PolicyARN"]
    assert all("AWSBackupServiceRole" in each or "AWSDataLifecycleManager" in each for each in arns)
    assert "iam:PermissionsBoundary" in condition["ArnLike"]


def test_the_deployer_uses_a_vault_s_key_through_aws_backup_and_rds_only(bootstrap):
    deployer = bootstrap().role("deployer")

    through = {"kms:ViaService": ["backup.*.amazonaws.com", "rds.*.amazonaws.com"]}
    assert deployer.statement("HandVaultsTheirKey")["Condition"] == {"StringLike": through}
    assert deployer.statement("NeverGrantKeys")["Condition"] == {"StringNotLike": through}
    using = [each["Sid"] for each in deployer.statements if "kms:Decrypt" in each.get("Action", ())]
    assert sorted(using) == ["HandVaultsTheirKey", "UseTheStatesKey"]


def test_keys_are_changed_by_tag_and_the_state_s_never(bootstrap):
    deployer = bootstrap().role("deployer", "module.backup_roles")

    tagged = {"StringEquals": {"aws:ResourceTag/holdfast:environment": "acme"}}
    assert deployer.statement("ManageKeys")["Condition"] == tagged
    assert deployer.statement("TagKeysWithoutAName")["Condition"]["Null"] == {"kms:ResourceAliases": "true"}
    never = deployer.statement("NeverChangeTheStatesKey")
    assert never["Condition"] == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/holdfast-acme-state"}}
    assert {"kms:PutKeyPolicy", "kms:TagResource", "kms:UpdateAlias"} <= set(never["Action"])
    assert "holdfast:environment" not in bootstrap().resources["aws_kms_key.state"]["tags_all"]


def test_the_operator_takes_on_the_roles_that_drill_and_nothing_else(bootstrap):
    plan = bootstrap()

    (statement,) = plan.role("operator").statements
    assert statement["Action"] == "sts:AssumeRole"
    assert set(statement["Resource"]) == {
        f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-drill-runner",
        f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-drill-restorer",
        f"arn:aws:iam::{BACKUP}:role/holdfast-acme-drill-restorer",
        f"arn:aws:iam::{WORKLOAD}:role/holdfast-acme-snapshot-restorer",
    }
    assert 'module.backup_roles.aws_iam_role.pipeline["operator"]' not in plan.resources
