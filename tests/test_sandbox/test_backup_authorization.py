"""Who may call the sandbox's AWS Backup: decided by the emulator's IAM and the vault's policy, over real HTTP."""

from __future__ import annotations

import json
import secrets

import pytest
from botocore.exceptions import ClientError
from protected_bench import client, make_bucket, make_role

pytestmark = pytest.mark.sandbox
ACCOUNT = "000000000000"


def as_role(endpoints, *statements):
    """Credentials of a session of a new role with these statements."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam, name = client(endpoints, "iam"), f"caller-{secrets.token_hex(4)}"
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    keys = client(endpoints, "sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


def allow(action, resource="*"):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def code(call, **given):
    with pytest.raises(ClientError) as error:
        call(**given)
    return error.value.response["Error"]["Code"]


@pytest.fixture
def endpoints(shared):
    return shared[1]


@pytest.fixture
def vault(endpoints):
    name = f"vault-{secrets.token_hex(4)}"
    client(endpoints, "backup").create_backup_vault(BackupVaultName=name)
    return name


def test_a_role_may_do_what_its_policy_allows_and_nothing_else(endpoints, vault):
    arn = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:{vault}"
    backup = client(endpoints, "backup", **as_role(endpoints, allow("backup:DescribeBackupVault", arn)))

    assert backup.describe_backup_vault(BackupVaultName=vault)["BackupVaultName"] == vault
    assert code(backup.list_backup_vaults) == "AccessDeniedException"
    assert code(backup.delete_backup_vault, BackupVaultName=vault) == "AccessDeniedException"
    assert code(backup.describe_backup_vault, BackupVaultName="another") == "AccessDeniedException"


def test_a_role_is_handed_over_only_by_whoever_may_pass_it(endpoints, vault):
    role, bucket = make_role(endpoints), make_bucket(endpoints, {"k": b"v"})
    given = {"BackupVaultName": vault, "ResourceArn": f"arn:aws:s3:::{bucket}", "IamRoleArn": role}
    without = client(endpoints, "backup", **as_role(endpoints, allow("backup:*")))
    passing = client(endpoints, "backup", **as_role(endpoints, allow("backup:*"), allow("iam:PassRole", role)))

    with pytest.raises(ClientError, match="iam:PassRole"):
        without.start_backup_job(**given)
    assert passing.start_backup_job(**given)["BackupJobId"]


def test_what_a_vaults_policy_denies_is_denied_to_the_root_as_well(endpoints, vault):
    backup = client(endpoints, "backup")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["backup:DeleteBackupVault", "backup:PutBackupVaultAccessPolicy"],
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    backup.put_backup_vault_access_policy(BackupVaultName=vault, Policy=policy)

    with pytest.raises(ClientError, match="Insufficient privileges"):
        backup.delete_backup_vault(BackupVaultName=vault)
    assert code(backup.put_backup_vault_access_policy, BackupVaultName=vault, Policy=policy) == "AccessDeniedException"
    backup.delete_backup_vault_access_policy(BackupVaultName=vault)
    backup.delete_backup_vault(BackupVaultName=vault)


def test_a_vaults_policy_can_spare_one_principal(endpoints, vault):
    exempt = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"}}
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["backup:DeleteBackupVault"],
        "Resource": "*",
        "Condition": exempt,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    client(endpoints, "backup").put_backup_vault_access_policy(BackupVaultName=vault, Policy=policy)
    mighty = client(endpoints, "backup", **as_role(endpoints, allow("*")))

    assert code(mighty.delete_backup_vault, BackupVaultName=vault) == "AccessDeniedException"
    client(endpoints, "backup").delete_backup_vault(BackupVaultName=vault)


@pytest.mark.parametrize("change", ["aws_secret_access_key", "aws_session_token", "aws_access_key_id"])
def test_a_credential_that_was_changed_is_worth_nothing(endpoints, change):
    keys = as_role(endpoints, allow("*"))
    backup = client(endpoints, "backup", **{**keys, change: keys[change][:-4] + "AAAA"})

    assert code(backup.list_backup_vaults) in {
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidToken",
    }


def test_another_accounts_root_sees_its_own_vaults_only(endpoints, vault):
    stranger = client(endpoints, "backup", aws_access_key_id="111111111111")

    assert stranger.list_backup_vaults()["BackupVaultList"] == []
    assert code(stranger.describe_backup_vault, BackupVaultName=vault) == "ResourceNotFoundException"
