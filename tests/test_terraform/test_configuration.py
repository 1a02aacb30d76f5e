"""An offline plan needs no account: what is changed for it, in a copy, and what is refused."""

from __future__ import annotations

import copy
import os

import pytest

from holdfast.terraform.configuration import (
    NOWHERE,
    backend_of,
    construct_paths,
    offline,
    offline_variables,
    with_local_state,
)
from holdfast.terraform.errors import NeedsAnAccount


def configuration(**changed):
    return {
        "provider": {
            "aws": [
                {"region": "us-east-1", "allowed_account_ids": ["111111111111"], "assume_role": [{"role_arn": "arn"}]},
                {"region": "us-west-2", "alias": "other", "profile": "prod"},
            ]
        },
        "terraform": {"backend": {"s3": {"bucket": "state"}}, "required_version": ">= 1.10.0"},
        "resource": {"aws_sns_topic": {"t": {"//": {"metadata": {"path": "s/T"}}}, "plain": {"name": "x"}}},
        **changed,
    }


def test_every_provider_gets_placeholders_and_no_identity() -> None:
    given = configuration()
    before = copy.deepcopy(given)

    for provider in offline(given)["provider"]["aws"]:
        assert not {"allowed_account_ids", "assume_role", "profile"} & set(provider)
        assert provider["skip_credentials_validation"]
        assert provider["skip_requesting_account_id"]
        assert provider["skip_metadata_api_check"] == "true"
        assert provider["region"].startswith("us-")
    assert given == before


def test_one_provider_that_is_no_list_is_changed_as_well() -> None:
    assert offline(configuration(provider={"aws": {"region": "us-east-1"}}))["provider"]["aws"]["max_retries"] == 1


def test_a_lookup_the_provider_answers_itself_is_let_through() -> None:
    assert "data" in offline(configuration(data={"aws_iam_policy_document": {"d": {}}, "aws_partition": {"p": {}}}))


@pytest.mark.parametrize("kind", ["aws_caller_identity", "aws_kms_alias", "aws_ssm_parameter"])
def test_a_lookup_in_an_account_is_refused_by_its_address(kind: str) -> None:
    with pytest.raises(NeedsAnAccount, match=f"data.{kind}.d"):
        offline(configuration(data={kind: {"d": {}}}))


def test_state_moves_into_a_file_in_the_copy_only(tmp_path) -> None:
    given = configuration()

    changed = with_local_state(given, tmp_path / "s.tfstate")

    assert changed["terraform"]["backend"] == {"local": {"path": str(tmp_path / "s.tfstate")}}
    assert changed["terraform"]["required_version"] == ">= 1.10.0"
    assert (backend_of(given), backend_of(changed), backend_of({}), backend_of({"terraform": {}})) == (
        "s3",
        "local",
        None,
        None,
    )


def test_an_offline_plan_inherits_no_aws_settings_and_can_reach_nothing() -> None:
    variables = offline_variables({"PATH": "/bin", "AWS_PROFILE": "prod", "AWS_SECRET_ACCESS_KEY": "s"})

    assert variables["PATH"] == "/bin"
    assert variables["AWS_ENDPOINT_URL"] == NOWHERE
    assert variables["AWS_CONFIG_FILE"] == os.devnull
    assert not {"AWS_PROFILE", "AWS_SECRET_ACCESS_KEY"} & set(variables)


def test_construct_paths_are_read_where_synthesis_left_them() -> None:
    assert construct_paths(configuration()) == {"aws_sns_topic.t": "s/T"}
    assert construct_paths({}) == {}
