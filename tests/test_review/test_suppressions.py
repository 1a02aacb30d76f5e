"""Accepted findings are counted and named; expired ones are findings; mistakes in the file are one clear error."""

from __future__ import annotations

import json
from datetime import date

import pytest

from holdfast.review.errors import SuppressionInvalid
from holdfast.review.finding import Severity
from holdfast.review.render import FORMATS, render
from holdfast.review.review import Verdict, review
from holdfast.review.suppressions import NEVER, load_suppressions

ENTRY = """
  - rule: backup-retention
    address: aws_backup_plan.*
    reason: the archive keeps them
    approver: jane@example.com
    expires: 2027-01-31
"""


@pytest.fixture
def file(tmp_path):
    def write(entries=ENTRY):
        path = tmp_path / "suppressions.yaml"
        path.write_text(f"suppressions:{entries}")
        return path

    return write


@pytest.fixture
def accepted(corpus, plan_of, now, file):
    def make(entries=ENTRY, key="backup-retention__flagged"):
        return review([plan_of(corpus[key])], now=now, suppressions=load_suppressions(file(entries)))

    return make


def test_an_accepted_finding_does_not_fail_and_is_counted(accepted):
    result = accepted()

    assert result.findings == ()
    assert result.verdict is Verdict.CLEAN
    (entry,) = result.suppressed
    assert (entry.finding.rule, entry.suppression.approver) == ("backup-retention", "jane@example.com")


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_says_that_something_was_accepted(format_, accepted):
    text = render(accepted(), format_)

    assert "suppress" in text
    if format_ != "github":
        assert "the archive keeps them" in text


def test_a_suppression_holds_on_its_last_day(accepted):
    assert accepted(ENTRY.replace("2027-01-31", "2026-11-22")).findings == ()


def test_an_expired_suppression_accepts_nothing_and_is_a_finding(accepted):
    result = accepted(ENTRY.replace("2027-01-31", "2026-11-21"))

    assert [f.rule for f in result.findings] == ["backup-retention", "suppression-expired"]
    expired = result.findings[1]
    assert expired.severity is Severity.WARN
    assert "jane@example.com" in expired.message
    assert expired.address.endswith("suppressions.yaml:2")
    assert result.verdict is Verdict.FINDINGS


@pytest.mark.parametrize(
    ("address", "matches"),
    [
        ("aws_backup_plan.backup-retention__flagged", True),
        ("aws_backup_plan.*", True),
        ("*flagged", True),
        ("aws_backup_plan.backup-retention__flagge?", True),
        ("aws_backup_plan", False),
        ("aws_kms_key.*", False),
        ("aws_backup_plan.[a-z]*", False),
    ],
)
def test_addresses_match_as_globs(address, matches, accepted):
    result = accepted(ENTRY.replace("aws_backup_plan.*", f'"{address}"'))

    assert bool(result.suppressed) is matches


def test_brackets_of_an_address_stand_for_themselves(file, corpus, plan_of, now):
    entry = json.loads(json.dumps(corpus["backup-retention__flagged"]))
    entry["change"]["address"] = 'aws_backup_plan.p["a"]'
    for text, matches in (("'aws_backup_plan.p[\"a\"]'", True), ("'aws_backup_plan.p[a]'", False)):
        suppressions = load_suppressions(file(ENTRY.replace("aws_backup_plan.*", text)))
        assert bool(review([plan_of(entry)], now=now, suppressions=suppressions).suppressed) is matches


def test_another_rule_at_the_same_address_stays_open(accepted):
    assert [f.rule for f in accepted(key="backup-copy-retention__flagged").findings] == ["backup-copy-retention"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("backup-retention", "backup-retentoin"), "backup-retention"),
        (("backup-retention", "'*'"), "a rule of docs/rules.md"),
        (("aws_backup_plan.*", "'*'"), "everywhere"),
        (("aws_backup_plan.*", "'**?'"), "everywhere"),
        (("2027-01-31", "soon"), "YYYY-MM-DD"),
        (("2027-01-31", "9999-12-31"), "out of range"),
        (("expires: 2027-01-31", "until: 2027-01-31"), "unknown: ['until']"),
        (("    reason: the archive keeps them\n", ""), "missing: ['reason']"),
        (("jane@example.com", "'  '"), "missing: ['approver']"),
    ],
)
def test_a_mistake_names_file_line_and_what_is_allowed(change, words, file):
    with pytest.raises(SuppressionInvalid) as caught:
        load_suppressions(file(ENTRY.replace(*change)))

    assert words in caught.value.message
    assert "suppressions.yaml:2" in caught.value.message


@pytest.mark.parametrize("rule", sorted(NEVER))
def test_what_makes_a_plan_partial_cannot_be_accepted(rule, file):
    with pytest.raises(SuppressionInvalid):
        load_suppressions(file(ENTRY.replace("backup-retention", rule)))


@pytest.mark.parametrize(
    "entries", [" 3", " [3]", " [[]]", " {a: b}", "\n  - rule: [\n", " !!python/object:os.system x"]
)
def test_a_file_of_another_shape_is_one_error(entries, file):
    with pytest.raises(SuppressionInvalid):
        load_suppressions(file(entries))


def test_a_missing_or_binary_file_is_one_error(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("nothing", "binary", "."):
        with pytest.raises(SuppressionInvalid):
            load_suppressions(tmp_path / name)


def test_dates_are_dates(file):
    (entry,) = load_suppressions(file(ENTRY.replace("2027-01-31", "2027-01-31 10:00:00")))

    assert entry.expires == date(2027, 1, 31)
