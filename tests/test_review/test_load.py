"""What is not a plan is one clear error; a plan is never clean because it could not be read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.errors import HoldfastError
from holdfast.review.errors import PlanFormatUnsupported, PlanMalformed, PlanNotFound, PlanNotJson, PlanTooDeep
from holdfast.review.load import load_plan, load_plans, parse_plan

CHANGE = {
    "address": "aws_s3_bucket.b",
    "mode": "managed",
    "type": "aws_s3_bucket",
    "name": "b",
    "change": {"actions": ["update"], "before": {"bucket": "b"}, "after": {"bucket": "b"}},
}


def plan(**more):
    return {"format_version": "1.2", "planned_values": {}, "resource_changes": [CHANGE], **more}


def parse(document, tmp_path):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_plan(data, name="p", path=tmp_path / "p.json")


def test_a_plan_is_read(tmp_path):
    result = parse(plan(complete=True, errored=False, unknown_key={"from": "the future"}), tmp_path)

    assert [change.address for change in result.changes] == ["aws_s3_bucket.b"]
    assert result.complete is True
    assert not result.errored


def test_an_empty_plan_is_read(tmp_path):
    assert parse({"format_version": "1.2", "planned_values": {}}, tmp_path).changes == ()


def test_what_holds_secrets_is_dropped(tmp_path):
    document = plan(
        variables={"password": {"value": "canary"}}, prior_state={"values": "canary"}, planned_values="canary"
    )

    assert "canary" not in repr(parse(document, tmp_path))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"PK\x03\x04\x14\x00", "binary plan file"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[]", "a list, not an object"),
        (b"null", "a null, not an object"),
        (b"42", "a number, not an object"),
        (b'{"format_version": "1.2"', "Expecting"),
        (b'{"format_version": "1.2"}\n{"type": "version"}', "several documents"),
        (b'{"a": 1, "a": 2}', "'a' appears twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "Infinity is not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "5000 digits"),
        (b"{'a': 1}", "Expecting"),
    ],
)
def test_what_is_not_json_is_refused(data, words, tmp_path):
    with pytest.raises(PlanNotJson) as caught:
        parse(data, tmp_path)

    assert words in caught.value.message
    assert str(tmp_path / "p.json") in caught.value.message
    assert "terraform show -json" in caught.value.hint


def nested(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


def test_endless_nesting_is_refused(tmp_path):
    with pytest.raises(PlanTooDeep):
        parse(nested(200_000), tmp_path)


@pytest.mark.parametrize("depth", [800, 1_200, 2_000, 9_000])
def test_nesting_that_some_pythons_can_read_is_refused_on_all(depth, tmp_path):
    with pytest.raises((PlanTooDeep, PlanMalformed)):  # Python 3.13 reads ten times what 3.11 does, and finds no plan
        parse(nested(depth), tmp_path)


def test_every_truncation_of_a_plan_is_refused(tmp_path):
    data = json.dumps(plan()).encode()

    for length in range(len(data)):
        with pytest.raises(HoldfastError):
            parse(data[:length], tmp_path)


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.1", "", "one", 1.2, ["1.2"], {}])
def test_another_major_format_is_refused(version, tmp_path):
    with pytest.raises(PlanFormatUnsupported, match=r"1\.x"):
        parse(plan(format_version=version), tmp_path)


@pytest.mark.parametrize("version", ["1.0", "1.2", "1.99"])
def test_a_newer_minor_format_is_read(version, tmp_path):
    assert len(parse(plan(format_version=version), tmp_path).changes) == 1


def changed(**more):
    return plan(resource_changes=[{**CHANGE, **more}])


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"planned_values": {}}, "format_version"),
        ({"format_version": "1.0", "values": {}}, "a state"),
        ({"format_version": "1.2", "planned_values": {"root_module": {"resources": [{}]}}}, "resource_changes"),
        ({"format_version": "1.0", "provider_schemas": {}}, "something else"),
        (plan(resource_changes={}), "resource_changes"),
        (plan(resource_changes=[7]), "resource_changes[0]"),
        (plan(resource_drift="x"), "resource_drift"),
        (plan(errored="no"), "errored"),
        (plan(complete=0), "complete"),
        (plan(deferred_changes=[1]), "deferred_changes[0]"),
        (plan(checks=[{"status": 3}]), "checks[0].status"),
        (plan(action_invocations=[3]), "action_invocations[0]"),
        (plan(configuration=[]), "configuration"),
        (changed(address=None), "address"),
        (changed(type=3), "type"),
        (changed(change=None), "change"),
        (changed(change={"before": {}, "after": {}}), "actions"),
        (changed(change={"actions": []}), "actions"),
        (changed(change={"actions": "update"}), "actions"),
        (changed(change={"actions": [1]}), "actions"),
        (changed(change={"actions": ["update"], "before": None, "after": {}}), "before"),
        (changed(change={"actions": ["update"], "before": {}, "after": None}), "after"),
        (changed(change={"actions": ["delete"], "before": None, "after": None}), "before"),
        (changed(change={"actions": ["delete", "create"], "before": {}, "after": None}), "after"),
        (changed(change={"actions": ["update"], "before": [], "after": {}}), "before"),
    ],
)
def test_what_is_not_shaped_like_a_plan_is_refused_and_the_place_named(document, where, tmp_path):
    with pytest.raises(PlanMalformed) as caught:
        parse(document, tmp_path)

    assert where in caught.value.message


def test_data_sources_are_not_reviewed(tmp_path):
    assert parse(changed(mode="data"), tmp_path).changes == ()


def test_a_missing_file_is_one_error(tmp_path):
    with pytest.raises(PlanNotFound, match="No such file"):
        load_plan(tmp_path / "nothing.json")


def test_a_folder_is_one_error(tmp_path):
    with pytest.raises(PlanNotFound, match="directory"):
        load_plan(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    assert parse(b"\xef\xbb\xbf" + json.dumps(plan()).encode(), tmp_path).changes


def test_plans_are_named_after_their_files_or_their_paths(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "plan.json").write_text(json.dumps(plan()))
    (tmp_path / "primary.json").write_text(json.dumps(plan()))
    paths = [tmp_path / "one/plan.json", tmp_path / "two/plan.json", tmp_path / "primary.json"]

    names = [loaded.name for loaded in load_plans(paths)]

    assert names == [paths[0].as_posix(), paths[1].as_posix(), "primary"]


def test_the_region_of_a_provider_is_read_where_it_is_written_out(tmp_path):
    document = plan(
        configuration={
            "provider_config": {
                "aws": {"expressions": {"region": {"constant_value": "us-east-1"}}},
                "aws.west": {"expressions": {"region": {"references": ["var.region"]}}},
                "aws.local": {"expressions": {"skip_credentials_validation": {"constant_value": True}}},
            },
            "root_module": {
                "resources": [
                    {"address": "aws_s3_bucket.b", "provider_config_key": "aws", "expressions": {"bucket": {}}}
                ],
                "module_calls": {"m": {"module": {"resources": [{"address": "aws_kms_key.k"}]}}},
            },
        }
    )
    result = parse(document, tmp_path)

    assert result.provider(result.changes[0]).region == "us-east-1"
    assert result.providers["aws.west"].region is None
    assert result.providers["aws.local"].emulated
    assert result.configured == {"aws_s3_bucket.b": {"bucket"}, "module.m.aws_kms_key.k": frozenset()}


@given(st.binary(max_size=200))
def test_no_bytes_are_taken_for_a_plan_or_leak_another_error(data):
    from pathlib import Path

    with pytest.raises(HoldfastError):
        parse_plan(data, name="p", path=Path("p.json"))
