"""Every policy document of every environment: nothing may do everything, every role is held, sizes are AWS's."""

from __future__ import annotations

import json

import pytest
from stack_ground import WATCHED

from holdfast.environments.names import Names

LIMITS = {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    ("aws_iam_policy", "policy"): 6_144,
    ("aws_iam_role_policy", "policy"): 10_240,
    ("aws_iam_role", "assume_role_policy"): 2_048,
    # https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
    ("aws_kms_key", "policy"): 32_768,
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
    ("aws_s3_bucket_policy", "policy"): 20_480,
}


def documents(made):
    """Every policy document: what kind of resource it is of, which field, where, and its text."""
    for kind, path, arguments in made.resources():
        for field in ("policy", "assume_role_policy"):
            text = arguments.get(field)
            if isinstance(text, str) and text.startswith("{"):
                yield kind, field, path, text


def test_there_are_documents_of_every_kind(every):
    assert {(kind, field) for kind, field, _, _ in documents(every)} >= set(LIMITS)


def test_nothing_is_allowed_everything_anywhere(every):
    for kind, _, path, text in documents(every):
        for statement in json.loads(text)["Statement"]:
            if statement["Effect"] == "Allow":
                assert "NotAction" not in statement, path
                assert "NotResource" not in statement, path
                assert not {"*", "*:*"} & set(statement["Action"]), path
                if "*" in statement.get("Resource", ()):
                    whole = [action for action in statement["Action"] if action.endswith(":*")]
                    # a boundary around AWS's managed policies: a limit, which allows nothing by itself
                    assert not whole or (kind == "aws_iam_policy" and statement["Sid"] == "DataServices"), path


def test_a_limit_around_aws_s_policies_is_attached_to_nothing(every):
    for part in every.parts:
        resources = every.document(part)["resource"]
        wide = [
            id for id, each in resources.get("aws_iam_policy", {}).items() if '"Sid":"DataServices"' in each["policy"]
        ]
        attached = json.dumps([resources.get(f"aws_iam_role_policy{kind}", {}) for kind in ("", "_attachment")])
        assert not [id for id in wide if f"aws_iam_policy.{id}.arn" in attached]


def test_every_role_is_held_by_a_boundary_of_its_own(every):
    seen = []
    for part in every.parts:
        resources = every.document(part)["resource"]
        for role in resources.get("aws_iam_role", {}).values():
            boundary = role["permissions_boundary"].removeprefix("${aws_iam_policy.").removesuffix(".arn}")
            assert resources["aws_iam_policy"][boundary]["name"] == f"{role['name']}-boundary"
            seen.append(role["name"])

    purposes = {name.removeprefix(f"{Names(every.environment).prefix}-") for name in seen}
    assert {
        "auditor",
        "backup-operator",
        "backup-writer",
        "break-glass",
        "drill-runner",
        "replication",
        "restore-operator",
    } <= purposes
    if every.environment.environment in WATCHED:
        assert {"aws-backup", "restore-tests"} <= purposes


def test_every_role_is_taken_on_by_somebody_named(every):
    for kind, _, path, text in documents(every):
        if kind == "aws_iam_role":
            (statement,) = json.loads(text)["Statement"]
            assert statement["Principal"] != "*", path
            named = statement["Principal"].get("AWS", [])
            assert not named or statement["Condition"]["ArnLike"]["aws:PrincipalArn"], path


def test_no_document_is_longer_than_aws_takes(every):
    for kind, field, path, text in documents(every):
        assert len(text.encode()) <= LIMITS.get((kind, field), 20_480), path


def test_the_document_for_the_organisation_can_be_attached(every):
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    text = every.document("access")["output"]["service_control_policy"]["value"]

    assert 0 < len(text.encode()) < 5_120
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    document = json.loads(text)
    assert document["Version"] == "2012-10-17"
    for statement in document["Statement"]:
        assert statement["Effect"] == "Deny"
        assert "Principal" not in statement
        assert statement["Resource"] == ["*"]
        assert statement["Sid"].isalnum()
        for keys in statement.get("Condition", {}).values():
            assert set(keys) == {"aws:PrincipalArn"}


@pytest.mark.parametrize("purpose", ["break-glass", "deployer"])
def test_the_document_for_the_organisation_leaves_room_for_those_of_both_accounts(every, purpose):
    accounts = every.environment.accounts
    text = every.document("access")["output"]["service_control_policy"]["value"]

    for account in (accounts.workload, accounts.backup):
        assert Names(every.environment).role_arn(purpose, account=account) in text
