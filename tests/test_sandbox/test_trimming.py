"""What is left out, what goes with it, what stays, and that every one of them is named."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from holdfast.sandbox import OMISSIONS, without_omitted
from holdfast.sandbox.omissions import Cause
from holdfast.sandbox.page import sandbox_page

INVENTORY = "aws_s3_bucket_inventory"
LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"


def stack(**resources: dict[str, dict[str, object]]) -> dict[str, object]:
    return {"provider": {"aws": [{"region": "us-east-1"}]}, "resource": resources}


def body(path: str, **arguments: object) -> dict[str, object]:
    return {"//": {"metadata": {"path": path, "uniqueId": path}}, **arguments}


def test_a_listed_type_is_left_out_and_named_with_its_reason() -> None:
    given = stack(aws_s3_bucket={"B": body("s/B")}, aws_s3_bucket_inventory={"I": body("s/I", name="daily")})

    trimmed, omitted = without_omitted(given)

    assert list(trimmed["resource"]) == ["aws_s3_bucket"]
    assert [(each.address, each.type, each.construct_path) for each in omitted] == [
        (f"{INVENTORY}.I", INVENTORY, "s/I")
    ]
    assert omitted[0].reason == next(each.reason for each in OMISSIONS if each.type == INVENTORY)


def test_what_only_waits_for_it_stays_and_waits_no_longer() -> None:
    given = stack(
        aws_s3_bucket_inventory={"I": body("s/I")},
        aws_s3_bucket={"A": body("s/A", depends_on=[f"{INVENTORY}.I"])},
        aws_sns_topic={"T": body("s/T", depends_on=[f"{INVENTORY}.I", "aws_s3_bucket.A"])},
    )

    trimmed, omitted = without_omitted(given)

    assert [each.address for each in omitted] == [f"{INVENTORY}.I"]
    assert "depends_on" not in trimmed["resource"]["aws_s3_bucket"]["A"]
    assert trimmed["resource"]["aws_sns_topic"]["T"]["depends_on"] == ["aws_s3_bucket.A"]


def test_what_reads_it_goes_too_and_what_reads_that() -> None:
    given = stack(
        aws_s3_bucket_inventory={"I": body("s/I")},
        aws_ssm_parameter={"P": body("s/P", value="${aws_s3_bucket_inventory.I.id}")},
        aws_iam_policy={"Q": body("s/Q", policy=json.dumps({"Resource": ["${aws_ssm_parameter.P.arn}/*"]}))},
        aws_sns_topic={"T": body("s/T", name="aws_ssm_parameter.P is only a word here")},
    )

    trimmed, omitted = without_omitted(given)

    assert list(trimmed["resource"]) == ["aws_sns_topic"]
    assert {each.address: each.reason for each in omitted}["aws_iam_policy.Q"] == (
        "it reads aws_ssm_parameter.P, which is left out"
    )
    assert len(omitted) == 3


def test_a_longer_name_that_begins_alike_stays() -> None:
    given = stack(
        aws_s3_bucket_inventory={"I": body("s/I")},
        aws_ssm_parameter={"P": body("s/P", value="${aws_s3_bucket_inventory_extra.I2.id}")},
    )

    assert [each.address for each in without_omitted(given)[1]] == [f"{INVENTORY}.I"]


def test_outputs_that_read_it_go() -> None:
    given = {
        **stack(aws_s3_bucket_inventory={"I": body("s/I")}),
        "output": {"gone": {"value": "${aws_s3_bucket_inventory.I.id}"}, "stays": {"value": "1"}},
    }

    assert list(without_omitted(given)[0]["output"]) == ["stays"]


def test_what_is_only_slow_can_be_left_in() -> None:
    given = stack(**{LIFECYCLE: {"L": body("s/L")}, INVENTORY: {"I": body("s/I")}})

    assert [each.type for each in without_omitted(given)[1]] == [INVENTORY, LIFECYCLE]
    assert [each.type for each in without_omitted(given, slow=True)[1]] == [INVENTORY]


def test_the_configuration_given_is_not_changed() -> None:
    given = stack(
        aws_s3_bucket_inventory={"I": body("s/I")}, aws_sns_topic={"T": body("s", depends_on=[f"{INVENTORY}.I"])}
    )
    before = copy.deepcopy(given)

    without_omitted(given)

    assert given == before


@pytest.mark.parametrize("empty", [{}, {"resource": {}}, {"provider": {}}])
def test_a_stack_without_resources_is_left_as_it_is(empty: dict[str, object]) -> None:
    assert without_omitted(empty) == (empty, [])


def test_the_table_lists_each_type_once_in_order_and_says_why() -> None:
    types = [each.type for each in OMISSIONS]

    assert types == sorted(set(types))
    assert all(each.reason and each.observed for each in OMISSIONS)
    assert [each.type for each in OMISSIONS if each.cause is Cause.SLOW] == [LIFECYCLE]


def test_the_page_is_the_table(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / Path("docs/sandbox.md")).read_text(encoding="utf-8")

    assert page == sandbox_page(), "stale, run `make docs`"
    assert all(f"| `{each.type}` |" in page for each in OMISSIONS)
