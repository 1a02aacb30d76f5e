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
    "BreakGlass": "break-glass",
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
    if construct != "BreakGlass":  # whose boundary is attached to it
        assert prod.at(f"access/{construct}/Boundary")["policy"] == prod.at(f"access/{construct}/Policy")["policy"]


@pytest.mark.parametrize(
    ("construct", "trusted"),
    [
        ("BackupOperator", "role/holdfast-prod-operator"),
        ("Auditor", "role/holdfast-prod-audit-team"),
        ("RestoreOperator", "user/holdfast-prod/restorers/*"),
        ("BreakGlass", "user/holdfast-prod/emergency/*"),
    ],
)
def test_each_role_opens_to_its_own_people(prod, construct, trusted):
    account = prod.environment.accounts.workload

    assert trust(prod, construct)["Condition"]["ArnLike"]["aws:PrincipalArn"] == [f"arn:aws:iam::{account}:{trusted}"]


def test_the_people_are_those_the_environment_names(prod, tmp_path):
    from holdfast.stacks.app import synthesize

    # GIVEN an environment that says who restores and who audits
    account = prod.environment.accounts.workload
    arns = {purpose: (f"arn:aws:iam::{account}:user/{purpose}",) for purpose in ("restorer", "auditor", "emergency")}
    principals = prod.environment.principals.model_copy(update=arns)

    # WHEN it is synthesized
    synthesize(prod.environment.model_copy(update={"principals": principals}), tmp_path)

    # THEN the roles open to them, and to nobody else by default
    text = (tmp_path / "stacks" / "prod-access" / "cdk.tf.json").read_text()
    assert all(arn in text for (arn,) in arns.values())
    assert arns["emergency"][0] in (tmp_path / "stacks" / "prod-recovery-access" / "cdk.tf.json").read_text()
    for default in ("user/holdfast-prod/", "audit-team"):
        assert default not in text


def test_the_restore_role_asks_for_a_second_factor_in_every_environment(every):
    conditions = trust(every, "RestoreOperator")["Condition"]

    assert conditions["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert 0 < int(conditions["NumericLessThan"]["aws:MultiFactorAuthAge"]) <= 900


def homes_of_break_glass(made):
    """The stacks that make a break-glass role: one in each account."""
    accounts = made.environment.accounts
    return ["access"] if accounts.workload == accounts.backup else ["access", "recovery-access"]


def test_every_account_of_every_environment_has_a_break_glass_role_that_asks_for_a_factor_just_given(every):
    for part in homes_of_break_glass(every):
        role = every.at(f"{part}/BreakGlass/Resource")
        (statement,) = json.loads(role["assume_role_policy"])["Statement"]

        assert role["name"] == Names(every.environment).role("break-glass")
        assert role["max_session_duration"] == 3600
        assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
        assert 0 < int(statement["Condition"]["NumericLessThan"]["aws:MultiFactorAuthAge"]) <= 300
        assert all(":user/" in arn for arn in statement["Condition"]["ArnLike"]["aws:PrincipalArn"])


def test_break_glass_is_in_as_many_stacks_as_there_are_accounts(every):
    name = Names(every.environment).role("break-glass")
    made = [path for kind, path, role in every.resources() if kind == "aws_iam_role" and role["name"] == name]

    assert len(made) == len(homes_of_break_glass(every))


def test_break_glass_is_its_boundary(prod):
    for part in homes_of_break_glass(prod):
        role, attached = prod.at(f"{part}/BreakGlass/Resource"), prod.at(f"{part}/BreakGlass/Policy")

        assert attached["policy_arn"] == role["permissions_boundary"]
        assert "policy" not in attached


def test_break_glass_is_left_out_of_the_denials_it_has_to_pass(prod):
    accounts, names = prod.environment.accounts, Names(prod.environment)
    for path, account, sids in (
        ("primary/Key/Resource", accounts.workload, ["NobodyElseDestroys"]),
        ("recovery/Key/Resource", accounts.backup, ["NobodyElseDestroys"]),
        ("primary/Vault/Policy", accounts.workload, ["NobodyElseWeakens"]),
        ("recovery/Replica/Policy", accounts.backup, ["NobodyElseWeakens"]),
        ("primary/BackupVault/Policy", accounts.workload, ["NobodyElseReplacesThis"]),
        ("recovery/CopyVault/Policy", accounts.backup, ["NobodyElseReplacesThis"]),
    ):
        for sid in sids:
            exempt = prod.policy(path)[sid]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
            assert names.role_arn("break-glass", account=account) in exempt


def test_break_glass_reaches_all_buckets_keys_and_vaults_of_its_account(prod):
    # GIVEN everything the stacks of an account declare
    for part, account in (
        ("access", prod.environment.accounts.workload),
        ("recovery-access", prod.environment.accounts.backup),
    ):
        mine = [
            each for each in prod.parts if prod.document(each)["provider"]["aws"][0]["allowed_account_ids"] == [account]
        ]
        found = {kind: [] for kind in ("aws_s3_bucket", "aws_backup_vault", "aws_kms_alias")}
        for kind, _, arguments in prod.resources(*mine):
            if kind in found:
                found[kind].append(arguments.get("bucket") or arguments["name"])

        # THEN the policy of its break-glass role speaks of it
        statements = {
            each["Sid"]: each for each in json.loads(prod.at(f"{part}/BreakGlass/Boundary")["policy"])["Statement"]
        }
        aliases = statements["TakeKeysOutOfUse"]["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"]
        assert set(found["aws_kms_alias"]) <= set(aliases)
        for kind, sid in (("aws_s3_bucket", "RepairBuckets"), ("aws_backup_vault", "RepairVaults")):
            for name in found[kind]:
                assert any(fnmatchcase(name, each.split(":")[-1]) for each in statements[sid]["Resource"]), name


def test_an_environment_with_a_break_glass_role_of_its_own_makes_none(prod, tmp_path):
    from holdfast.stacks.app import synthesize

    # GIVEN an environment that names one in each account
    accounts = prod.environment.accounts
    own = tuple(f"arn:aws:iam::{account}:role/firefighter" for account in (accounts.workload, accounts.backup))
    principals = prod.environment.principals.model_copy(update={"break_glass": own})

    # WHEN it is synthesized
    synthesize(prod.environment.model_copy(update={"principals": principals}), tmp_path)

    # THEN none is made
    assert "/BreakGlass/" not in (tmp_path / "stacks" / "prod-access" / "cdk.tf.json").read_text()
    assert not (tmp_path / "stacks" / "prod-recovery-access").exists()


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
                limit_of_a_service = kind == "aws_iam_policy" and statement["Sid"] in ("DataServices", "OwnRules")
                assert limit_of_a_service or not whole_services, path
