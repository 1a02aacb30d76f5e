"""Where no plan knows what is there, the way from base to head is reviewed by the rules for plans."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.errors import HoldfastError
from holdfast.review.finding import Kind, Origin, Severity
from holdfast.review.plan import Against
from holdfast.review.render import FORMATS, render
from holdfast.review.review import review
from holdfast.review.stacks import load_stacks

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:DeleteObjectVersion",
            "Resource": "${aws_s3_bucket.v.arn}/*",
        },
        {"Effect": "Allow", "Principal": {"AWS": "${var.reader}"}, "Action": "s3:GetObject", "Resource": "*"},
    ],
}
STACK = {
    "provider": {"aws": [{"region": "us-east-1"}, {"alias": "west", "region": "us-west-2"}]},
    "resource": {
        "aws_s3_bucket": {"v": {"//": {"metadata": {"path": "prod/Vault"}}, "bucket": "vault", "force_destroy": False}},
        "aws_s3_bucket_object_lock_configuration": {
            "l": {
                "bucket": "${aws_s3_bucket.v.id}",
                "rule": {"default_retention": {"days": 35, "mode": "COMPLIANCE"}},
                "depends_on": ["aws_s3_bucket.v"],
            }
        },
        "aws_s3_bucket_lifecycle_configuration": {
            "e": {
                "bucket": "${aws_s3_bucket.v.id}",
                "rule": [{"id": "expire", "status": "Enabled", "expiration": {"days": 40}, "filter": {"prefix": ""}}],
            }
        },
        "aws_s3_bucket_policy": {"p": {"bucket": "${aws_s3_bucket.v.id}", "policy": json.dumps(POLICY)}},
        "aws_kms_key": {"k": {"deletion_window_in_days": "${var.window}", "enable_key_rotation": True}},
    },
}  # fmt: skip


def edit(path, value):
    """The stack with a dotted path set; None removes."""
    result = copy.deepcopy(STACK["resource"])
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    target = result
    for part in way:
        target = target[part]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return {**STACK, "resource": result}


@pytest.fixture
def held(tmp_path, now):
    """Review the way from one stack to another, with plans if there are any."""

    def make(base, head, *plans):
        sides = []
        for name, body in (("base", base), ("head", head)):
            folder = tmp_path / name / "stacks" / "prod"
            folder.mkdir(parents=True)
            (folder / "cdk.tf.json").write_text(json.dumps(body))
            sides.append(load_stacks(tmp_path / name))
        return review(plans, now=now, base=sides[0], head=sides[1])

    return make


LOCK, RULE = (
    "aws_s3_bucket_object_lock_configuration.l.rule.default_retention",
    "aws_s3_bucket_lifecycle_configuration.e.rule",
)
OPENED = {**POLICY, "Statement": POLICY["Statement"][1:]}


@pytest.mark.parametrize(
    ("head", "rules"),
    [
        (edit(f"{LOCK}.days", 34), {"s3-object-lock-retention"}),
        (edit(f"{LOCK}.mode", "GOVERNANCE"), {"s3-object-lock-mode"}),
        (edit("aws_s3_bucket.v.force_destroy", value=True), {"s3-bucket-force-destroy", "deletion-prepared"}),
        (edit("aws_s3_bucket_policy.p.policy", json.dumps(OPENED)), {"s3-bucket-policy-weaker"}),
        (edit("aws_s3_bucket_policy", None), {"s3-bucket-policy-gone"}),
        (edit("aws_kms_key.k.enable_key_rotation", None), {"kms-rotation-off"}),
        (edit(f"{RULE}.0.expiration.days", 20), {"s3-lifecycle-expiration", "expiry-before-lock"}),
    ],
)  # fmt: skip
def test_what_head_weakens_is_found(held, head, rules):
    result = held(STACK, head)

    assert {finding.rule for finding in result.findings} == rules
    assert {finding.origin for finding in result.findings} == {Origin.STACKS}
    assert [(stack.name, stack.against) for stack in result.stacks] == [("prod", Against.BASE)]


@pytest.mark.parametrize(
    "head",
    [
        STACK,
        edit("aws_s3_bucket.v.tags", {"a": "b"}),
        edit(f"{RULE}.0.expiration.days", 50),
        edit("aws_kms_key.k.rotation_period_in_days", 90),
        edit("aws_s3_bucket_policy.p.policy", json.dumps({**POLICY, "Statement": POLICY["Statement"][:1]})),
    ],
)
def test_what_head_leaves_or_strengthens_is_not(held, head):
    assert held(STACK, head).findings == ()


def moved(body, **edits):
    """The lock of the vault under another address, with a `moved` block."""
    result = copy.deepcopy(body)
    locks = result["resource"]["aws_s3_bucket_object_lock_configuration"]
    locks["m"] = {**locks.pop("l"), **edits}
    kind = "aws_s3_bucket_object_lock_configuration"
    return {**result, "moved": [{"from": f"{kind}.l", "to": f"{kind}.m"}]}


def test_what_is_moved_is_the_same_resource(held):
    result = held(STACK, moved(STACK))

    assert result.findings == ()
    assert [stack.verbs for stack in result.stacks] == [{"move": 1}]


def test_what_is_weakened_on_the_way_is_found(held):
    result = held(STACK, moved(STACK, rule={"default_retention": {"days": 3, "mode": "COMPLIANCE"}}))

    assert {finding.rule for finding in result.findings} == {"s3-object-lock-retention", "plan-moved-with-changes"}


def test_what_is_moved_to_nowhere_is_gone(held):
    head = moved(STACK)
    del head["resource"]["aws_s3_bucket_object_lock_configuration"]

    assert {finding.rule for finding in held(STACK, head).findings} == {"s3-object-lock-gone"}


def test_what_head_makes_irreversible_is_found(held):
    (finding,) = held(STACK, edit(f"{LOCK}.days", 36)).findings

    assert (finding.rule, finding.severity) == ("irreversible-object-lock", Severity.WARN)
    assert "each GB written per day keeps 36 GB stored" in finding.message


def test_an_expression_nobody_can_read_cannot_be_verified(held):
    (finding,) = held(STACK, edit(f"{LOCK}.days", "${var.days}")).findings

    assert (finding.kind, finding.path) == (Kind.UNVERIFIED, "rule[0].default_retention[0].days")


def test_an_expression_that_was_there_before_is_the_same(held):
    head = edit("aws_kms_key.k.description", "new")

    assert held(STACK, head).findings == ()


def test_a_plan_without_a_state_is_held_against_base_and_its_errors_count(held, plan_of, corpus):
    entry = copy.deepcopy(corpus["s3-object-lock-retention__flagged"])
    entry["change"]["change"].update(actions=["create"], before=None)
    plan = plan_of(entry, name="prod", errored=True)
    result = held(STACK, edit(f"{LOCK}.days", 34), plan)

    assert {finding.rule for finding in result.findings} == {"s3-object-lock-retention", "plan-errored"}
    assert [(stack.against, stack.verbs, stack.partial) for stack in result.stacks] == [("base", {"update": 1}, True)]


def test_a_plan_that_knows_a_state_is_believed(held, plan_of, corpus):
    plan = replace(plan_of(corpus["s3-versioning-suspended__flagged"], name="prod"))
    result = held(STACK, edit(f"{LOCK}.days", 34), plan)

    assert {finding.rule for finding in result.findings} == {"s3-versioning-suspended"}
    assert [stack.against for stack in result.stacks] == [Against.STATE]


def test_the_comment_says_that_nobody_looked_at_aws(held):
    assert "held against base. No plan says what is there in AWS" in render(held(STACK, STACK), "markdown")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["${aws_s3_bucket.v.id}", "${var.x}", "$${x}", "${", "aws.west", "Enabled"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
WAYS = [
    ("provider", "aws"), ("provider", "aws", 0), ("provider", "aws", 0, "region"), ("terraform",), ("removed",),
    ("resource",), ("resource", "aws_s3_bucket"), ("resource", "aws_s3_bucket", "v"),
    ("resource", "aws_s3_bucket", "v", "bucket"), ("resource", "aws_s3_bucket", "v", "provider"),
    ("resource", "aws_s3_bucket", "v", "lifecycle"), ("resource", "aws_kms_key", "k", "policy"),
    ("resource", "aws_s3_bucket_object_lock_configuration", "l", "rule"),
    ("resource", "aws_s3_bucket_lifecycle_configuration", "e", "rule"),
    ("resource", "aws_s3_bucket_lifecycle_configuration", "e", "rule", 0),
    ("resource", "aws_s3_bucket_lifecycle_configuration", "e", "rule", 0, "filter"),
]  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(way=st.sampled_from(WAYS), value=ANY, swapped=st.booleans())
def test_no_stack_leaks_another_error(tmp_path_factory, now, way, value, swapped):
    strange = copy.deepcopy(STACK)
    target = strange
    for part in way[:-1]:
        target = target[part]
    target[way[-1]] = value
    folder = tmp_path_factory.mktemp("stacks")
    for side, body in (("base", strange if swapped else STACK), ("head", STACK if swapped else strange)):
        (folder / side / "stacks" / "prod").mkdir(parents=True)
        (folder / side / "stacks" / "prod" / "cdk.tf.json").write_text(json.dumps(body))

    try:
        result = review([], now=now, base=load_stacks(folder / "base"), head=load_stacks(folder / "head"))
    except HoldfastError:
        return
    for format_ in FORMATS:
        assert render(result, format_)


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_a_stack_nested_without_end_is_an_error_or_a_review(held, tmp_path, depth):
    held(STACK, STACK)
    text = json.dumps(edit("aws_kms_key.k.policy", "NEST")).replace('"NEST"', '{"a":' * depth + "1" + "}" * depth)
    (tmp_path / "head" / "stacks" / "prod" / "cdk.tf.json").write_text(text)

    with suppress(HoldfastError):  # any other would fail the test
        base, head = (load_stacks(tmp_path / side) for side in ("base", "head"))
        assert review([], now=datetime(2026, 11, 22, tzinfo=UTC), base=base, head=head).stacks
