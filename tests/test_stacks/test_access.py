"""The roles of production: named as policies name them, opened to the right people, and none may do everything."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import pytest

from holdfast.backupsets.layout import Folder
from holdfast.backupsets.permissions import CATALOG, FETCH, actions
from holdfast.environments.names import Names

ROLES = {
    "BackupWriter": "backup-writer",
    "BackupOperator": "backup-operator",
    "RestoreOperator": "restore-operator",
    "DrillRunner": "drill-runner",
    "Auditor": "auditor",
}


@pytest.fixture
def prod(synthesized):
    return synthesized("prod")


def trust(prod, construct):
    (statement,) = json.loads(prod.at(f"access/{construct}/Resource")["assume_role_policy"])["Statement"]
    return statement


@pytest.mark.parametrize(("construct", "purpose"), ROLES.items())
def test_each_role_has_its_name_and_its_boundary(prod, construct, purpose):
    role = prod.at(f"access/{construct}/Resource")

    assert role["name"] == Names(prod.environment).role(purpose)
    assert role["permissions_boundary"].startswith("${aws_iam_policy.")
    assert prod.at(f"access/{construct}/Boundary")["policy"] == prod.at(f"access/{construct}/Policy")["policy"]


@pytest.mark.parametrize(
    ("construct", "trusted"),
    [
        ("BackupOperator", "role/holdfast-prod-operator"),
        ("Auditor", "role/holdfast-prod-audit-team"),
        ("RestoreOperator", "user/holdfast-prod/restorers/*"),
    ],
)
def test_each_role_opens_to_its_own_people(prod, construct, trusted):
    account = prod.environment.accounts.workload

    assert trust(prod, construct)["Condition"]["ArnLike"]["aws:PrincipalArn"] == [f"arn:aws:iam::{account}:{trusted}"]


def test_the_people_are_those_the_environment_names(prod, tmp_path):
    from holdfast.stacks.app import synthesize

    # GIVEN an environment that says who restores and who audits
    account = prod.environment.accounts.workload
    arns = {purpose: (f"arn:aws:iam::{account}:user/{purpose}",) for purpose in ("restorer", "auditor")}
    principals = prod.environment.principals.model_copy(update=arns)

    # WHEN it is synthesized
    synthesize(prod.environment.model_copy(update={"principals": principals}), tmp_path)

    # THEN the roles open to them, and to nobody else by default
    text = (tmp_path / "stacks" / "prod-access" / "cdk.tf.json").read_text()
    assert all(arn in text for (arn,) in arns.values())
    for default in ("user/holdfast-prod/", "audit-team"):
        assert default not in text


def test_the_restore_role_asks_for_a_second_factor_in_every_environment(every):
    conditions = trust(every, "RestoreOperator")["Condition"]

    assert conditions["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert 0 < int(conditions["NumericLessThan"]["aws:MultiFactorAuthAge"]) <= 900


def test_whoever_deploys_does_not_make_break_glass(every):
    break_glass = Names(every.environment).role("break-glass")

    assert break_glass not in {
        arguments.get("name") for kind, _, arguments in every.resources() if kind == "aws_iam_role"
    }


def test_the_restore_role_may_read_sets_where_they_lie(prod):
    statement = prod.policy("access/RestoreOperator/Policy")["ReadOwnBackups"]
    resources = [each.replace("$${aws:PrincipalTag/tenant}", "acme") for each in statement["Resource"]]
    set_id = "20261122T000000Z-0123456789ab"

    for bucket in (Names(prod.environment).vault_bucket, Names(prod.environment).replica_bucket):
        for tenant, readable in (("acme", True), ("other", False), (None, False)):
            folder = Folder("orders", tenant)
            keys = [folder.object_key("ab" * 32)]
            keys += [folder.document_key(set_id, document) for document in ("manifest.json", "commit.json")]
            for key in keys:
                found = any(fnmatchcase(f"arn:aws:s3:::{bucket}/{key}", pattern) for pattern in resources)
                assert found is readable


def test_the_restore_role_may_make_the_calls_of_a_restore(prod):
    allowed = {
        action
        for each in prod.policy("access/RestoreOperator/Policy").values()
        if each["Effect"] == "Allow"
        for action in each["Action"]
    }

    assert set(actions(CATALOG, FETCH)) <= allowed


@pytest.mark.parametrize("part", ["primary", "recovery"])
def test_both_regions_let_the_restore_role_in(prod, part):
    restore = Names(prod.environment).role_arn("restore-operator")
    bucket = prod.policy(f"{part}/{'Vault' if part == 'primary' else 'Replica'}/Policy")

    assert (
        restore in prod.policy(f"{part}/Key/Resource")["DecryptThroughS3"]["Condition"]["ArnLike"]["aws:PrincipalArn"]
    )
    for sid in ("ListAndInspect", "Read"):
        assert restore in bucket[sid]["Condition"]["ArnLike"]["aws:PrincipalArn"]


def test_the_auditor_is_not_let_into_the_objects_of_the_other_account(prod):
    auditor = Names(prod.environment).role_arn("auditor")

    for sid, statement in prod.policy("recovery/Replica/Policy").items():
        named = statement.get("Condition", {}).get("ArnLike", {}).get("aws:PrincipalArn", [])
        assert auditor not in named or sid == "ListAndInspect"
    decrypting = prod.policy("recovery/Key/Resource")["DecryptThroughS3"]["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert auditor not in decrypting


def test_the_auditor_reads_the_trail(prod):
    auditor = Names(prod.environment).role_arn("auditor")
    (bucket,) = prod.policy("access/Auditor/Policy")["ReadTrail"]["Resource"]

    assert bucket == f"arn:aws:s3:::{Names(prod.environment).trail_bucket}/*"
    for path, sid in (("watch/Key/Resource", "ReadTrail"), ("watch/Trail/Bucket/Policy", "ReadTheTrail")):
        assert prod.policy(path)[sid]["Condition"]["ArnLike"]["aws:PrincipalArn"] == [auditor]


def test_where_nothing_is_watched_there_is_no_trail_to_read(synthesized):
    assert "ReadTrail" not in synthesized("sandbox").policy("access/Auditor/Policy")


def test_the_document_for_the_organisation_is_an_output_and_no_resource(prod):
    output = prod.document("access")["output"]["service_control_policy"]
    document = json.loads(output["value"])

    assert {each["Effect"] for each in document["Statement"]} == {"Deny"}
    assert not [kind for kind, _, _ in prod.resources() if kind.startswith("aws_organizations")]


def test_nothing_of_ours_may_do_everything(every):
    for kind, path, arguments in every.resources():
        for statement in json.loads(arguments.get("policy", '{"Statement": []}'))["Statement"]:
            if statement["Effect"] == "Allow":
                assert "*" not in statement["Action"], path
                whole_services = [action for action in statement["Action"] if action.endswith(":*")]
                # the boundary of a role AWS's managed policies are attached to: a limit, which allows nothing by itself
                limit_of_a_service = kind == "aws_iam_policy" and statement["Sid"] == "DataServices"
                assert limit_of_a_service or not whole_services, path
