"""Strengthening nobody can undo: what, when, until when, at what cost."""

from __future__ import annotations

import copy

import pytest

from holdfast.review.finding import Kind, Severity
from holdfast.review.review import Verdict

NAMES = [
    "irreversible-object-lock",
    "irreversible-bucket-lock",
    "irreversible-vault-lock",
    "irreversible-air-gapped-vault",
    "irreversible-snaplock",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_first_apply_is_for_information(name, scenarios, reviewed):
    result = reviewed(scenarios[f"{name}__flagged"])

    (finding,) = result.findings
    assert finding.irreversible
    assert finding.kind is Kind.IRREVERSIBLE
    assert finding.severity is Severity.INFO
    assert result.verdict is Verdict.CLEAN


def test_locking_what_is_there_already_is_a_warning(scenarios, reviewed):
    (finding,) = reviewed(scenarios["irreversible-object-lock-later__flagged"]).findings

    assert finding.severity is Severity.WARN


def test_the_lock_of_a_bucket_says_when_until_when_and_what_it_costs(scenarios, reviewed):
    (finding,) = reviewed(scenarios["irreversible-object-lock__flagged"]).findings

    assert (finding.before, finding.after) == (None, 2555)
    assert "from the moment of apply" in finding.message
    assert "until 2033-11-20" in finding.message
    assert "keeps 2,555 GB stored" in finding.message
    assert "58.77 USD a month" in finding.message


def test_the_lock_of_a_vault_says_when_the_grace_time_ends(scenarios, reviewed):
    (finding,) = reviewed(scenarios["irreversible-vault-lock__flagged"]).findings

    assert "3 days after apply, on 2026-11-25, for ever" in finding.message
    assert "at least 30 days, with no upper limit" in finding.message
    assert "1.50 USD a month" in finding.message


def test_a_longer_lock_in_compliance_mode_is_irreversible(corpus, reviewed):
    (finding,) = reviewed(corpus["s3-object-lock-gone__near"]).findings

    assert (finding.rule, finding.before, finding.after) == ("irreversible-object-lock", 730, 731)


def test_a_lock_until_the_end_of_time_has_no_date(scenarios, reviewed):
    plan = copy.deepcopy(scenarios["irreversible-object-lock__flagged"])
    retention = plan["resource_changes"][0]["change"]["after"]["rule"][0]["default_retention"][0]
    retention.update(days=10**9, years=None)

    assert "until the end of the calendar" in reviewed(plan).findings[0].message


def test_a_lock_that_stays_as_it_is_is_not_found(safe, edited, reviewed):
    entry = edited(safe("aws_s3_bucket_object_lock_configuration"), token="placeholder")

    assert reviewed(entry).findings == ()
