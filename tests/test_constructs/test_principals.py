"""Principals are named by pattern, always with an account."""

from __future__ import annotations

import pytest
from construct_bench import role

from holdfast.constructs import NOBODY, Principals
from holdfast.constructs.errors import PrincipalWithoutAccount
from holdfast.constructs.policies.document import allow, deny, never


def test_a_policy_names_the_account_and_narrows_it_by_condition():
    both = Principals.of(role("a"), role("b-*", "444455556666"))

    statement = allow("Read", ["s3:GetObject"], on=["*"], to=both).document()

    assert statement["Principal"] == {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"]}
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [role("a"), role("b-*", "444455556666")]}}


def test_conditions_are_kept_beside_the_principals():
    when = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::acme"}, "Bool": {"aws:SecureTransport": "true"}}

    statement = allow("Read", ["s3:GetObject"], on=["*"], to=Principals.of(role("a")), when=when).document()

    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::acme", "aws:PrincipalArn": [role("a")]},
        "Bool": {"aws:SecureTransport": "true"},
    }


def test_a_deny_without_principals_binds_everybody():
    assert deny("No", ["s3:*"], on=["*"]).document() == {
        "Sid": "No",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:*"],
        "Resource": ["*"],
    }


def test_the_policy_of_a_role_names_no_principal():
    assert "Principal" not in never("No", ["iam:*"]).document()


def test_principals_are_joined_and_each_counted_once():
    assert Principals.of(role("a")) | Principals.of(role("b"), role("a")) == Principals.of(role("a"), role("b"))
    assert not NOBODY
    assert NOBODY | Principals.of(role("a"))


@pytest.mark.parametrize(
    "arn",
    [
        "*",
        "deployer",
        "arn:aws:iam::*:role/deployer",
        "arn:aws:iam::11112222333:role/deployer",
        "arn:aws:iam::111122223333:group/deployers",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:s3:::acme",
        "",
    ],
)
def test_a_pattern_that_leaves_the_account_open_is_refused(arn):
    with pytest.raises(PrincipalWithoutAccount) as caught:
        Principals.of(arn)

    assert repr(arn) in caught.value.message
