"""What holds for every stack of every shipped environment."""

from __future__ import annotations

import json
import re

import pytest
from stack_ground import PARTS

STATEFUL = {"aws_backup_vault", "aws_kms_key", "aws_s3_bucket"}


def test_stacks_come_in_the_order_they_are_applied(every):
    name = every.environment.environment
    assert [stack.name for stack in every.stacks] == [f"{name}-{part}" for part in every.parts]
    before = {stack.name.removeprefix(f"{name}-"): stack.dependencies for stack in every.stacks}
    assert all(set(dependencies) <= {f"{name}-{each}" for each in every.parts} for dependencies in before.values())
    watched = every.environment.watch is not None
    assert before["primary"] == (f"{name}-recovery", *([f"{name}-watch"] if watched else []))
    assert before["access"] == (f"{name}-primary",)
    assert before["drill"] == (f"{name}-recovery",)
    assert before["recovery"] == ((f"{name}-recovery-watch",) if watched else ())
    for stack in every.stacks:
        assert stack.directory.is_dir()
        assert stack.configuration.is_file()


@pytest.mark.parametrize("part", PARTS)
def test_both_majors_of_the_provider_are_allowed(every, part):
    terraform = every.document(part)["terraform"]
    assert terraform["required_providers"] == {"aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}}
    assert terraform["required_version"] == ">= 1.10.0"


@pytest.mark.parametrize("part", PARTS)
def test_the_provider_is_of_one_region_and_refuses_other_accounts(every, part):
    environment = every.environment
    region, account = {
        "recovery": (environment.regions.recovery, environment.accounts.backup),
        "primary": (environment.regions.primary, environment.accounts.workload),
        "access": (environment.regions.primary, environment.accounts.workload),
        "drill": (environment.regions.recovery, environment.accounts.backup),
    }[part]
    provider, *others = every.document(part)["provider"]["aws"]
    assert all(each["alias"] and each["allowed_account_ids"] for each in others)
    assert "alias" not in provider
    assert provider["region"] == region
    assert provider["allowed_account_ids"] == [account]
    (tags,) = provider["default_tags"]
    assert tags["tags"]["holdfast:environment"] == environment.environment
    assert "endpoints" not in provider


def test_no_resource_names_a_region(every):
    assert not [path for _, path, arguments in every.resources() if "region" in arguments]


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_looked_up_and_nothing_read_from_another_stack(every, part):
    document = every.document(part)
    assert "data" not in document
    assert "remote_state" not in json.dumps(document)
    assert "cross-stack" not in json.dumps(document)


@pytest.mark.parametrize("part", PARTS)
def test_files_depend_on_no_machine_and_no_port(every, part):
    text = every.path(part).read_text()
    assert str(every.folder) not in text
    assert not re.search(r"localhost|127\.0\.0\.1|https?://", text)


def test_synthesis_is_the_same_every_time(every, tmp_path):
    from holdfast.stacks.app import synthesize

    again = synthesize(every.environment, tmp_path)

    for before, after in zip(every.stacks, again, strict=True):
        assert before.configuration.read_bytes() == after.configuration.read_bytes()
        metadata = "manifest.json"
        assert (every.folder / metadata).read_bytes() == (tmp_path / metadata).read_bytes()


def test_what_holds_data_is_kept_except_in_a_sandbox(every):
    kept = [arguments.get("lifecycle") for kind, _, arguments in every.resources() if kind in STATEFUL]
    expected = None if every.environment.sandbox else {"prevent_destroy": True}
    assert kept
    assert all(lifecycle == expected for lifecycle in kept)


def test_only_a_sandbox_empties_its_buckets(every):
    emptied = {arguments["force_destroy"] for kind, _, arguments in every.resources() if kind == "aws_s3_bucket"}
    assert emptied == {every.environment.sandbox}


def test_every_statement_has_a_name_of_its_own(every):
    for _, path, arguments in every.resources():
        for field in ("policy", "assume_role_policy"):
            if field in arguments:
                statements = json.loads(arguments[field])["Statement"]
                sids = [statement["Sid"] for statement in statements]
                assert len(sids) == len(set(sids)), path
                assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids), path


def test_no_allow_is_open_to_everybody(every):
    for _, path, arguments in every.resources():
        for statement in json.loads(arguments.get("policy", '{"Statement": []}'))["Statement"]:
            if statement["Effect"] == "Allow":
                ours = "aws:PrincipalAccount" in statement.get("Condition", {}).get("StringEquals", {})
                assert statement.get("Principal") != "*" or ours, path
                assert "*" not in statement["Action"], path


def test_only_a_sandbox_says_what_it_does_not_enforce(every):
    for part in ("recovery", "primary"):
        output = every.document(part).get("output", {})
        assert ("not_enforced_here" in output) is every.environment.sandbox
