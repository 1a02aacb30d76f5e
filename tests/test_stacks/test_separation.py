"""Duties are apart in every shipped environment, and a change of one statement that joins them is named."""

from __future__ import annotations

import copy
import json

import pytest

from holdfast.environments.names import Names
from holdfast.objectives.proof import Verdict
from holdfast.stacks.separation import prove_separation


def configurations(made):
    return {part: copy.deepcopy(made.document(part)) for part in made.parts}


@pytest.fixture
def prod(synthesized):
    return synthesized("prod")


@pytest.fixture
def changed(prod):
    """Proves production after a change to the policies of one resource."""

    def prove(path, change, field="policy"):
        documents = configurations(prod)
        part, _, rest = path.partition("/")
        for named in documents[part]["resource"].values():
            for resource in named.values():
                if resource["//"]["metadata"]["path"].partition("/")[2] == rest:
                    policy = json.loads(resource[field])
                    change(policy["Statement"])
                    resource[field] = json.dumps(policy)
        return {each.id: each for each in prove_separation(prod.environment, documents.values())}

    return prove


def test_nobody_holds_two_duties_in_any_environment(every):
    proofs = prove_separation(every.environment, configurations(every).values())

    assert [str(each) for each in proofs if each.verdict is Verdict.REFUTED] == []


def test_every_role_of_every_stack_is_proved_without_an_assumption(every):
    proofs = prove_separation(every.environment, configurations(every).values())
    roles = [arguments["name"] for kind, _, arguments in every.resources() if kind == "aws_iam_role"]

    # a name that is there in both accounts goes on with the account
    proved = {each.subject.partition("@")[0] for each in proofs if each.verdict is Verdict.PROVED}
    assumed = {each.subject.partition("@")[0] for each in proofs if each.verdict is Verdict.CONDITIONAL}
    assert roles
    assert set(roles) <= proved
    assert not set(roles) & assumed


def test_whoever_breaks_the_glass_of_the_keys_must_not_restore(prod, changed):
    """So a restore by break-glass must not ask one person for both roles: nobody may be let in to both."""
    names = Names(prod.environment)
    ada = f"{names.users_arn('emergency', account=prod.environment.accounts.workload)[:-1]}ada"

    def let_in(statements):
        statements[0]["Condition"]["ArnLike"]["aws:PrincipalArn"].append(ada)

    proofs = changed("access/RestoreOperator/Resource", let_in, field="assume_role_policy")

    refuted = [each for each in proofs.values() if each.verdict is Verdict.REFUTED]
    assert {each.id.rpartition(".")[2] for each in refuted} == {"administer-decrypt"}
    assert "kms:PutKeyPolicy" in str(refuted[0]) or "administer" in str(refuted[0])


@pytest.mark.parametrize("pair", ["write-delete", "administer-decrypt"])
def test_not_even_another_administrator_of_the_account_holds_two_duties(every, pair):
    proofs = {each.id: each for each in prove_separation(every.environment, configurations(every).values())}

    for account in {every.environment.accounts.workload, every.environment.accounts.backup}:
        assert proofs[f"separation.anybody-else@{account}.{pair}"].verdict is Verdict.PROVED


def allow(action, resource="*"):
    return {"Sid": "Added", "Effect": "Allow", "Action": [action], "Resource": [resource]}


def without(*sids):
    return lambda statements: [statements.remove(each) for each in list(statements) if each["Sid"] in sids]


def both(*changes):
    return lambda statements: [change(statements) for change in changes]


@pytest.mark.parametrize(
    ("role", "action", "pair", "denial"),
    [
        ("BackupWriter", "kms:ScheduleKeyDeletion", "write-delete", None),
        ("DrillRunner", "kms:PutKeyPolicy", "administer-decrypt", None),
        ("DrillRunner", "iam:PutRolePolicy", "approve-execute", "NeverClimb"),
        ("RestoreOperator", "iam:UpdateAssumeRolePolicy", "approve-execute", "NeverClimb"),
    ],
)
def test_a_right_too_many_is_refused_by_the_other_locks_on_the_door(changed, prod, role, action, pair, denial):
    # GIVEN a role whose own policy allows what another has to do, and denies it no more
    path = f"access/{role}/Policy"
    proofs = changed(path, both(without("NeverDestroy", "NeverClimb"), lambda found: found.append(allow(action))))

    # THEN its boundary, or the key's own policy, still keeps the duties apart
    name = prod.at(f"access/{role}/Resource")["name"]
    assert proofs[f"separation.{name}.{pair}"].verdict is Verdict.PROVED


def test_a_key_that_lets_its_administrator_decrypt_is_refuted_by_name(changed, prod):
    # GIVEN a key policy that no longer denies its use to administrators, and lets the drill runner administer
    drill_runner = Names(prod.environment).role_arn("drill-runner")

    def let_in(statements):
        (administer,) = (each for each in statements if each["Sid"] == "AdministerTheKey")
        administer["Condition"]["ArnLike"]["aws:PrincipalArn"].append(drill_runner)
        administer["Principal"] = {"AWS": [drill_runner]}

    proofs = changed("primary/Key/Resource", both(without("AdministratorsNeverUse"), let_in))

    # THEN the deployer is no longer kept from decrypting by anything declared here
    deployer = f"holdfast-prod-deployer@{prod.environment.accounts.workload}"
    assert proofs[f"separation.{deployer}.administer-decrypt"].verdict is Verdict.CONDITIONAL
    # AND the drill runner's own policy is what is left to keep it from the key
    found = proofs["separation.holdfast-prod-drill-runner.administer-decrypt"]
    assert found.verdict is Verdict.PROVED


def test_a_writer_that_may_delete_is_refuted_and_both_statements_are_named(prod):
    # GIVEN a writer whose policy and boundary allow a deletion, and a bucket that no longer denies it
    documents = configurations(prod)
    for part, paths in {
        "access": ("BackupWriter/Policy", "BackupWriter/Boundary"),
        "primary": ("Vault/Policy",),
    }.items():
        for named in documents[part]["resource"].values():
            for resource in named.values():
                if resource["//"]["metadata"]["path"].partition("/")[2] in paths:
                    policy = json.loads(resource["policy"])
                    without("NeverDestroy", "NobodyElseDeletes")(policy["Statement"])
                    if part == "access":
                        policy["Statement"].append(allow("s3:DeleteObjectVersion"))
                    resource["policy"] = json.dumps(policy)

    # WHEN separation is proved
    found = {each.id: each for each in prove_separation(prod.environment, documents.values())}

    # THEN it is refuted, by the two statements; so it is for whoever may become the writer
    proof = found["separation.holdfast-prod-backup-writer.write-delete"]
    assert proof.verdict is Verdict.REFUTED
    assert "WriteSets of holdfast-prod-backup-writer" in proof.because
    assert "s3:DeleteObjectVersion on the objects of acme-prod-vault-333333333331-us-east-1 (Added" in proof.because
    assert found["separation.holdfast-prod-operator.write-delete"].verdict is Verdict.REFUTED


def test_an_environment_in_which_who_deploys_restores_as_well_is_not_synthesized(prod, tmp_path):
    from holdfast.environments.refuting import RefutedEnvironment
    from holdfast.stacks.app import synthesize

    # GIVEN an environment whose deployer may take on the restore role as well
    deployer = Names(prod.environment).role_arn("deployer")
    principals = prod.environment.principals.model_copy(update={"restorer": (deployer,)})
    environment = prod.environment.model_copy(update={"principals": principals})

    # THEN it is refuted: making roles and using one would be in the same hands
    with pytest.raises(RefutedEnvironment) as refused:
        synthesize(environment, tmp_path)
    proofs = {each.proof.id: each.proof for each in refused.value.refutations}
    found = proofs[f"separation.holdfast-prod-deployer@{environment.accounts.workload}.approve-execute"]
    assert "RunsTerraform" in found.because
    assert "Decrypt" in found.because


@pytest.mark.parametrize(("who", "verdict"), [("restorers/ada", "refuted"), ("approvers/grace", "conditional")])
def test_whoever_approves_restores_makes_none(prod, who, verdict):
    from holdfast.environments.restoring import Approver

    # GIVEN somebody who approves restores, and may or may not take on the restore role
    account = prod.environment.accounts.workload
    approver = Approver(principal=f"arn:aws:iam::{account}:user/holdfast-prod/{who}", key="ab" * 32)
    restore = prod.environment.restore.model_copy(update={"approvers": (approver,)})
    environment = prod.environment.model_copy(update={"restore": restore})

    # WHEN separation is proved
    proofs = {each.id: each for each in prove_separation(environment, configurations(prod).values())}

    # THEN approving and restoring in the same hands is refuted
    found = proofs[f"separation.holdfast-prod/{who}.approve-execute"]
    assert found.verdict == verdict
    assert ("ApprovesRestores" in found.because) is (verdict == "refuted")
