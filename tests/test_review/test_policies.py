"""Policies are compared by what they allow and deny, whatever their form."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.review.backup_policies import OrganizationPolicyWeaker
from holdfast.review.conditions import implies
from holdfast.review.patterns import covers, overlap
from holdfast.review.policies import PolicyWeaker
from holdfast.review.rule import Outcome
from holdfast.review.statements import Clause

RESOURCE, KEY, IDENTITY, TRUST = (PolicyWeaker(kind) for kind in ("resource", "key", "identity", "trust"))
GUARDRAIL = PolicyWeaker("guardrail")
ACCOUNT, OTHER = "111122223333", "444455556666"
DENY = {"Effect": "Deny", "Principal": "*", "Action": ["s3:DeleteObjectVersion"], "Resource": "arn:aws:s3:::v/*"}
ALLOW = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/writer"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::v/*",
}


def doc(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def with_(statement, **changes):
    return {**statement, **changes}


def but(statement, **changes):
    """The statement with a negated element in place of the plain one."""
    return {k: v for k, v in statement.items() if f"Not{k}" not in changes} | changes


def outcome(direction, before, after):
    return direction.compare(before, after).outcome


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([DENY], []),
        ([DENY], [with_(DENY, Effect="Allow")]),
        ([DENY], [with_(DENY, Action="s3:GetObject")]),
        ([with_(DENY, Action="s3:Delete*")], [DENY]),
        ([with_(DENY, Action=["s3:A", "s3:B"])], [with_(DENY, Action="s3:A")]),
        ([DENY], [with_(DENY, Resource="arn:aws:s3:::v/a/*")]),
        ([DENY], [with_(DENY, Principal={"AWS": ACCOUNT})]),
        ([DENY], [with_(DENY, Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})]),
        ([but(DENY, NotAction="s3:Get*")], [but(DENY, NotAction=["s3:Get*", "s3:DeleteObject"])]),
        ([DENY], [{"Effect": "Deny", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "s3:*", "Resource": "*"}]),
        (
            [with_(DENY, Condition={"NumericLessThan": {"s3:TlsVersion": "1.3"}})],
            [with_(DENY, Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})],
        ),
        (
            [with_(DENY, Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:x"}})],
            [with_(DENY, Condition={"ArnNotLike": {"aws:PrincipalArn": "*"}})],
        ),
        ([ALLOW], [with_(ALLOW, Principal="*")]),
        ([ALLOW], [with_(ALLOW, Principal={"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})]),
        ([ALLOW], [ALLOW, with_(ALLOW, Principal={"AWS": OTHER})]),
        ([ALLOW], [with_(ALLOW, Action=["s3:PutObject", "s3:PutLifecycleConfiguration"])]),
        ([ALLOW], [with_(ALLOW, Action="s3:*")]),
        ([ALLOW], [but(ALLOW, NotAction="s3:GetObject")]),
        ([with_(ALLOW, Condition={"Bool": {"aws:SecureTransport": "true"}})], [ALLOW]),
    ],
)
def test_a_resource_policy_is_weaker(before, after):
    assert outcome(RESOURCE, doc(*before), doc(*after)) is Outcome.WEAKER


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([DENY, ALLOW], [ALLOW, DENY]),
        ([DENY], [with_(DENY, Sid="Other")]),
        ([DENY], [with_(DENY, Action="s3:DeleteObjectVersion", Resource=["arn:aws:s3:::v/*"])]),
        ([DENY], [with_(DENY, Action="S3:deleteobjectversion")]),
        ([DENY], [with_(DENY, Principal={"AWS": ["*"]})]),
        ([DENY], [with_(DENY, Action="s3:*", Resource="*")]),
        ([with_(DENY, Action=["s3:A", "s3:B"])], [with_(DENY, Action="s3:A"), with_(DENY, Action="s3:B")]),
        ([with_(DENY, Action="s3:A"), with_(DENY, Action="s3:B")], [with_(DENY, Action=["s3:B", "s3:A"])]),
        ([with_(DENY, Condition={"Bool": {"aws:x": "false"}})], [DENY]),
        (
            [with_(DENY, Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})],
            [with_(DENY, Condition={"NumericLessThan": {"s3:TlsVersion": 1.3}})],
        ),
        ([ALLOW], []),
        (
            [ALLOW],
            [ALLOW, with_(ALLOW, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/auditor"}, Action="s3:GetObject")],
        ),
        ([with_(ALLOW, Principal={"AWS": ACCOUNT})], [with_(ALLOW, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})]),
        ([with_(ALLOW, Principal={"AWS": ACCOUNT})], [ALLOW]),
        ([ALLOW], [with_(ALLOW, Condition={"Bool": {"aws:SecureTransport": "true"}})]),
        ([ALLOW], [with_(ALLOW, Resource="arn:aws:s3:::v/objects/*")]),
    ],
)
def test_a_resource_policy_is_no_weaker(before, after):
    assert outcome(RESOURCE, doc(*before), doc(*after)) in (Outcome.SAME, Outcome.STRONGER)


def test_what_is_lost_is_named():
    detail = RESOURCE.compare(doc(with_(DENY, Sid="KeepVersions")), doc()).detail

    assert "Deny lost (statement `KeepVersions`)" in detail
    assert "s3:deleteobjectversion on arn:aws:s3:::v/* for *" in detail


def test_a_removed_policy_loses_its_denials_only():
    assert outcome(RESOURCE, doc(DENY), None) is Outcome.WEAKER
    assert outcome(RESOURCE, doc(ALLOW), None) is Outcome.SAME
    assert outcome(KEY, doc(ALLOW), None) is Outcome.WEAKER


def test_a_new_policy_weakens_only_by_a_dangerous_or_open_allow():
    assert outcome(RESOURCE, None, doc(ALLOW)) is Outcome.SAME
    assert outcome(RESOURCE, None, doc(DENY)) is Outcome.STRONGER
    assert outcome(RESOURCE, None, doc(with_(ALLOW, Principal="*"))) is Outcome.WEAKER
    assert outcome(RESOURCE, None, doc(with_(ALLOW, Action="s3:DeleteBucket"))) is Outcome.WEAKER


def test_a_key_must_keep_an_administrator_and_a_reader():
    admin = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
    writer = with_(admin, Action="kms:Encrypt")

    assert "administer" in KEY.compare(doc(admin), doc(writer)).detail
    assert "decrypt" in KEY.compare(doc(admin), doc(with_(admin, Action="kms:PutKeyPolicy"))).detail
    assert outcome(KEY, doc(admin, writer), doc(admin)) is Outcome.SAME


@pytest.mark.parametrize(
    ("action", "resource", "weaker"),
    [
        ("s3:ListBucket", "*", False),
        ("dynamodb:PutItem", "*", False),
        ("backup:*", "*", True),
        ("*", "*", True),
        ("kms:Schedule*", "arn:aws:kms:*:*:key/one", True),
        ("iam:PassRole", "arn:aws:iam::1:role/x", False),
        ("iam:PassRole", "*", True),
        ("s3:BypassGovernanceRetention", "arn:aws:s3:::v/*", True),
    ],
)
def test_only_dangerous_permissions_count_in_an_identity_policy(action, resource, weaker):
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    after = doc(read, {"Effect": "Allow", "Action": action, "Resource": resource})

    assert (outcome(IDENTITY, doc(read), after) is Outcome.WEAKER) is weaker


def test_any_new_principal_counts_in_a_trust_policy():
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    mfa = with_(trust, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})

    assert (
        outcome(TRUST, doc(trust), doc(trust, with_(trust, Principal={"Service": "ec2.amazonaws.com"})))
        is Outcome.WEAKER
    )
    assert outcome(TRUST, doc(mfa), doc(trust)) is Outcome.WEAKER
    assert outcome(TRUST, doc(trust), doc(mfa)) is Outcome.SAME


def test_allows_do_not_count_in_a_guardrail():
    assert outcome(GUARDRAIL, doc(DENY), doc(DENY, with_(ALLOW, Action="*"))) is Outcome.SAME


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nonsense",
        '{"Statement": 3}',
        '{"Statement": [{"Effect": "Maybe"}]}',
        "{}",
        doc(with_(DENY, NotAction="s3:Get*")),
    ],
)
def test_a_policy_that_cannot_be_read_is_never_the_same(text):
    for direction in (RESOURCE, KEY, IDENTITY, TRUST, GUARDRAIL):
        assert outcome(direction, doc(DENY), text) is Outcome.UNCLEAR
        assert outcome(direction, text, doc(DENY)) is Outcome.UNCLEAR


def test_a_policy_too_large_to_compare_is_never_the_same():
    huge = with_(DENY, Action=[f"s3:A{n}" for n in range(200)], Resource=[f"arn:{n}" for n in range(200)])

    assert outcome(RESOURCE, doc(huge), doc(with_(huge, Sid="x"))) is Outcome.UNCLEAR


actions = st.lists(
    st.sampled_from(["s3:Get*", "s3:PutObject", "s3:DeleteObject*", "kms:*", "*"]), min_size=1, max_size=3
)
resources = st.lists(st.sampled_from(["*", "arn:a", "arn:a/*", "arn:b"]), min_size=1, max_size=2)
principals = st.sampled_from(["*", {"AWS": ACCOUNT}, {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/x", OTHER]}])
conditions = st.dictionaries(
    st.sampled_from(["StringEquals", "ArnNotLike", "Bool", "NumericLessThan"]),
    st.dictionaries(st.sampled_from(["aws:a", "aws:b"]), st.sampled_from(["1", ["1", "2"]]), min_size=1, max_size=2),
    max_size=2,
)
statement = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Principal": principals, "Action": actions, "Resource": resources},
    optional={"Condition": conditions, "Sid": st.text(max_size=4)},
)
policies = st.lists(statement, max_size=4)
KINDS = (RESOURCE, KEY, IDENTITY, TRUST, GUARDRAIL)


@settings(max_examples=60)
@given(policies, st.randoms())
def test_shuffling_and_splitting_a_policy_changes_nothing(policy, random):
    other = [with_(s, Action=action) for s in copy.deepcopy(policy) for action in s["Action"]]
    random.shuffle(other)

    for direction in KINDS:
        assert outcome(direction, doc(*policy), doc(*other)) is Outcome.SAME
        assert outcome(direction, doc(*other), doc(*policy)) is Outcome.SAME


@settings(max_examples=60)
@given(policies)
def test_adding_a_deny_never_weakens(policy):
    for direction in KINDS:
        assert outcome(direction, doc(*policy), doc(*policy, DENY)) in (Outcome.SAME, Outcome.STRONGER)


@settings(max_examples=60)
@given(policies)
def test_removing_an_allow_never_weakens_but_for_the_last_of_a_key(policy):
    denies = [s for s in policy if s["Effect"] == "Deny"]

    for direction in (RESOURCE, IDENTITY, TRUST, GUARDRAIL):
        assert outcome(direction, doc(*policy), doc(*denies)) is Outcome.SAME


@settings(max_examples=60)
@given(policies)
def test_allowing_everything_to_everyone_always_weakens(policy):
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    held = [s for s in policy if s["Effect"] == "Deny" or s["Principal"] != "*"]

    for direction in (RESOURCE, TRUST):
        assert outcome(direction, doc(*held), doc(*held, everything)) is Outcome.WEAKER


@settings(max_examples=60)
@given(policies)
def test_dropping_every_deny_weakens_where_there_was_one(policy):
    allows = [s for s in policy if s["Effect"] == "Allow"]
    expected = Outcome.WEAKER if len(allows) < len(policy) else Outcome.SAME

    for direction in KINDS:
        assert outcome(direction, doc(*policy), doc(*allows)) is expected


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [
        (Clause("StringEquals", "k", frozenset({"a"})), Clause("StringEquals", "k", frozenset({"a", "b"})), True),
        (Clause("StringEquals", "k", frozenset({"a", "b"})), Clause("StringEquals", "k", frozenset({"a"})), False),
        (Clause("StringEquals", "k", frozenset({"ab"})), Clause("StringLike", "k", frozenset({"a*"})), True),
        (Clause("StringNotEquals", "k", frozenset({"a", "b"})), Clause("StringNotEquals", "k", frozenset({"a"})), True),
        (
            Clause("StringNotEquals", "k", frozenset({"a"})),
            Clause("StringNotEquals", "k", frozenset({"a", "b"})),
            False,
        ),
        (Clause("NumericLessThan", "k", frozenset({"5"})), Clause("NumericLessThan", "k", frozenset({"9"})), True),
        (Clause("NumericLessThan", "k", frozenset({"9"})), Clause("NumericLessThan", "k", frozenset({"5"})), False),
        (
            Clause("NumericGreaterThan", "k", frozenset({"9"})),
            Clause("NumericGreaterThan", "k", frozenset({"5"})),
            True,
        ),
        (Clause("StringEquals", "k", frozenset({"a"})), Clause("StringEqualsIfExists", "k", frozenset({"a"})), True),
        (Clause("StringEqualsIfExists", "k", frozenset({"a"})), Clause("StringEquals", "k", frozenset({"a"})), False),
        (Clause("Bool", "k", frozenset({"true"})), Clause("Bool", "j", frozenset({"true"})), False),
        (Clause("Bool", "k", frozenset({"true"})), Clause("Null", "k", frozenset({"true"})), False),
        (Clause("NumericLessThan", "k", frozenset({"x"})), Clause("NumericLessThan", "k", frozenset({"9"})), False),
    ],
)
def test_a_condition_implies_another(one, other, result):
    assert implies(one, other) is result


@pytest.mark.parametrize(
    ("pattern", "other", "result"),
    [
        ("*", "anything", True),
        ("s3:Delete*", "s3:DeleteObjectVersion", True),
        ("s3:Delete*", "s3:Delete*Version", True),
        ("s3:Delete*", "s3:*", False),
        ("a?c", "abc", True),
        ("a?c", "a?c", True),
        ("a?c", "a*c", False),
        ("*a*b*", "xxaxxbxx", True),
        ("*a*b*", "xxbxxaxx", False),
        ("abc", "ab*", False),
        ("a.c", "abc", False),
    ],
)
def test_a_pattern_covers_another(pattern, other, result):
    assert covers(pattern, other) is result


def test_patterns_take_no_exponential_time():
    assert not covers("*a" * 60 + "b", "a" * 4000)


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_what_is_covered_overlaps(pattern, word):
    if covers(pattern, word):
        assert overlap(pattern, word)


BACKUP = {"plans": {"daily": {"rules": {"r": {"schedule_expression": {"@@assign": "cron(0 2 * * ? *)"}, "lifecycle": {
    "delete_after_days": {"@@assign": "35"}}}}}}}  # fmt: skip


def _backup(**changes):
    policy = copy.deepcopy(BACKUP)
    rule = policy["plans"]["daily"]["rules"]["r"]
    if "days" in changes:
        rule["lifecycle"]["delete_after_days"]["@@assign"] = changes["days"]
    if "schedule" in changes:
        rule["schedule_expression"]["@@assign"] = changes["schedule"]
    return json.dumps(policy)


@pytest.mark.parametrize(
    ("after", "outcome_"),
    [
        (_backup(days="30"), Outcome.WEAKER),
        (_backup(days="40"), Outcome.STRONGER),
        (_backup(schedule="cron(0 2 ? * SUN *)"), Outcome.WEAKER),
        (_backup(schedule="cron(0 3 * * ? *)"), Outcome.STRONGER),
        (json.dumps({"plans": {}}), Outcome.WEAKER),
        (json.dumps(BACKUP, indent=4), Outcome.SAME),
        (json.dumps({"plans": {**BACKUP["plans"], "more": {"rules": {}}}}), Outcome.SAME),
        ("nonsense", Outcome.UNCLEAR),
        (None, Outcome.WEAKER),
    ],
)
def test_a_backup_policy_of_the_organization(after, outcome_):
    assert OrganizationPolicyWeaker().compare(_backup(), after).outcome is outcome_
