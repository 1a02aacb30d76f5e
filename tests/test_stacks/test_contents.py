"""What the stacks of production declare, and how they are tied together by names."""

from __future__ import annotations

import json

import pytest
from stack_ground import PARTS

from holdfast.environments.names import Names


@pytest.fixture
def prod(synthesized):
    return synthesized("prod")


@pytest.fixture
def sandbox(synthesized):
    return synthesized("sandbox")


def test_buckets_are_named_by_the_environment(prod):
    names = Names(prod.environment)
    assert prod.at("primary/Vault/Resource")["bucket"] == names.vault_bucket
    assert prod.at("recovery/Replica/Resource")["bucket"] == names.replica_bucket
    assert prod.at("primary/Evidence/Resource")["bucket"] == names.evidence_bucket
    assert prod.at("primary/Logs/Resource")["bucket"] == names.vault_log_bucket
    assert prod.at("recovery/Logs/Resource")["bucket"] == names.replica_log_bucket


@pytest.mark.parametrize("path", ["primary/Vault/Lock", "recovery/Replica/Lock"])
def test_both_regions_lock_alike(prod, path):
    rule = prod.at(path)["rule"]["default_retention"]
    assert rule == {"mode": "COMPLIANCE", "days": prod.environment.lock.minimum.days}


def test_evidence_is_locked_as_long_as_the_environment_says(prod):
    rule = prod.at("primary/Evidence/Lock")["rule"]["default_retention"]
    assert rule == {"mode": "COMPLIANCE", "days": prod.environment.evidence.retention.days}


def test_each_region_has_a_key_of_its_own_under_the_same_alias(prod):
    alias = Names(prod.environment).key_alias
    assert prod.at("primary/Key/Alias")["name"] == prod.at("recovery/Key/Alias")["name"] == alias
    for part in ("primary", "recovery"):
        assert prod.at(f"{part}/Key/Resource")["multi_region"] is False


@pytest.mark.parametrize("part", PARTS)
def test_the_recovery_stack_needs_nothing_of_the_primary_region(prod, part):
    # names of the other Region's resources may be written, references to other stacks may not
    document = prod.document(part)
    declared = {f"{kind}.{name}" for kind, named in document["resource"].items() for name in named}
    text = json.dumps(document)
    referenced = {word.split(".")[0] + "." + word.split(".")[1] for word in _references(text)}
    assert referenced <= declared
    if part == "recovery":
        assert prod.environment.regions.primary not in json.dumps(document["provider"])


def _references(text):
    # `$${` is how Terraform is told that what follows is no expression of its own
    return [piece.split("}")[0] for piece in text.replace("$${", "").split("${")[1:]]


def test_the_replica_lets_in_the_roles_of_the_workload_account(prod):
    names, policy = Names(prod.environment), prod.policy("recovery/Replica/Policy")
    workload = prod.environment.accounts.workload
    for sid, purpose in (("Write", "backup-writer"), ("Write2", "drill-runner"), ("ReceiveReplicas", "replication")):
        assert policy[sid]["Principal"] == {"AWS": [f"arn:aws:iam::{workload}:root"]}
        assert policy[sid]["Condition"] == {"ArnLike": {"aws:PrincipalArn": [names.role_arn(purpose)]}}


def test_the_replica_takes_replicas_of_streams_only(prod):
    resources = prod.policy("recovery/Replica/Policy")["ReceiveReplicas"]["Resource"]
    assert resources == [f"arn:aws:s3:::{Names(prod.environment).replica_bucket}/streams/*"]


def test_administrators_are_of_the_account_the_bucket_is_in(prod):
    names, accounts = Names(prod.environment), prod.environment.accounts
    for path, account in (("recovery/Replica/Policy", accounts.backup), ("primary/Vault/Policy", accounts.workload)):
        exempt = prod.policy(path)["NobodyElseWeakens"]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
        assert exempt == [names.role_arn("deployer", account=account), names.role_arn("break-glass", account=account)]


def test_writers_decrypt_in_neither_region(prod):
    names = Names(prod.environment)
    for part in ("primary", "recovery"):
        policy = prod.policy(f"{part}/Key/Resource")
        assert names.role_arn("backup-writer") in _principals(policy["EncryptThroughS3"])
        assert names.role_arn("backup-writer") not in _principals(policy["DecryptThroughS3"])
        assert names.role_arn("drill-runner") in _principals(policy["DecryptThroughS3"])


def test_replication_decrypts_at_the_source_and_encrypts_at_the_destination(prod):
    replication = Names(prod.environment).role_arn("replication")
    assert replication in _principals(prod.policy("primary/Key/Resource")["DecryptThroughS3"])
    assert replication not in _principals(prod.policy("primary/Key/Resource")["EncryptThroughS3"])
    assert replication in _principals(prod.policy("recovery/Key/Resource")["EncryptThroughS3"])
    assert replication not in _principals(prod.policy("recovery/Key/Resource")["DecryptThroughS3"])


def _principals(statement):
    return statement["Condition"]["ArnLike"]["aws:PrincipalArn"]


def test_copies_belong_to_the_backup_account(prod):
    (rule,) = prod.at("primary/Replication/Resource")["rule"]
    assert rule["destination"]["account"] == prod.environment.accounts.backup
    assert rule["destination"]["access_control_translation"] == {"owner": "Destination"}


def test_only_the_drill_runner_signs_and_writes_evidence(prod):
    drill_runner = Names(prod.environment).role_arn("drill-runner")
    assert _principals(prod.policy("primary/SigningKey/Resource")["Sign"]) == [drill_runner]
    exempt = prod.policy("primary/Evidence/Policy")["OnlyTheseWriters"]["Condition"]
    assert exempt == {"ArnNotLike": {"aws:PrincipalArn": [drill_runner]}}


def test_streams_alone_may_rely_on_the_bucket_s_defaults(prod):
    names = Names(prod.environment)
    for path, bucket in (("primary/Vault", names.vault_bucket), ("recovery/Replica", names.replica_bucket)):
        statement = prod.policy(f"{path}/Policy")["LockIsExplicit"]
        assert statement["NotResource"] == [f"arn:aws:s3:::{bucket}/streams/*"]
    assert "Resource" in prod.policy("primary/Evidence/Policy")["LockIsExplicit"]


def test_roles_are_taken_on_by_the_operator(prod):
    operator = Names(prod.environment).role_arn("operator")
    for path in ("access/BackupWriter/Resource", "access/DrillRunner/Resource"):
        (statement,) = json.loads(prod.at(path)["assume_role_policy"])["Statement"]
        assert _principals(statement) == [operator]


def test_state_is_kept_in_s3_with_its_own_lock_file(prod):
    backend = prod.document("primary")["terraform"]["backend"]["s3"]
    assert backend["use_lockfile"] is True
    assert backend["encrypt"] is True
    assert backend["key"] == "prod/primary.tfstate"
    assert (backend["bucket"], backend["region"]) == (prod.environment.state.bucket, prod.environment.state.region)


def test_without_a_state_bucket_state_is_a_file_beside_the_configuration(sandbox):
    assert sandbox.document("primary")["terraform"]["backend"] == {"local": {"path": "terraform.tfstate"}}


def test_a_sandbox_is_deployed_by_the_account_s_root(sandbox):
    account = sandbox.environment.accounts.workload
    exempt = sandbox.policy("primary/Vault/Policy")["NobodyElseWeakens"]["Condition"]["ArnNotLike"]
    assert f"arn:aws:iam::{account}:root" in exempt["aws:PrincipalArn"]


def test_production_trusts_no_root_and_no_session(prod):
    for _, path, arguments in prod.resources():
        for statement in json.loads(arguments.get("policy", '{"Statement": []}'))["Statement"]:
            for conditions in statement.get("Condition", {}).values():
                for arn in conditions.get("aws:PrincipalArn", ()):
                    assert arn.startswith("arn:aws:iam::"), path
                    assert ":role/" in arn, path


def test_the_provider_of_production_skips_no_check(prod):
    for part in PARTS:
        for provider in prod.document(part)["provider"]["aws"]:
            assert "s3_use_path_style" not in provider
            assert not [setting for setting in provider if setting.startswith("skip_")]


def test_what_an_environment_file_names_replaces_the_defaults(synthesized, tmp_path):
    from holdfast.stacks.app import synthesize

    # GIVEN an environment with principals of its own
    prod = synthesized("prod").environment
    pipeline = f"arn:aws:iam::{prod.accounts.workload}:role/pipeline-*"
    drills = f"arn:aws:iam::{prod.accounts.workload}:role/drills-*"
    principals = prod.principals.model_copy(update={"deployer": (pipeline,), "operator": (drills,)})

    # WHEN it is synthesized
    synthesize(prod.model_copy(update={"principals": principals}), tmp_path)

    # THEN policies and trust name them
    text = (tmp_path / "stacks" / "prod-primary" / "cdk.tf.json").read_text()
    assert pipeline in text
    assert "prod-deployer" not in text
    assert drills in (tmp_path / "stacks" / "prod-access" / "cdk.tf.json").read_text()
