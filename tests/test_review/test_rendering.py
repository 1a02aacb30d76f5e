"""Every format says the same thing, in the shape its readers expect."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree  # our own output

import jsonschema
import pytest

from holdfast.review.errors import ReviewTooLarge
from holdfast.review.finding import Severity
from holdfast.review.render import FORMATS, render
from holdfast.review.review import review

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def busy(corpus, plan_of, now):
    """A review of every weakening there is, and of a partial second stack."""
    flagged = [entry for key, entry in corpus.items() if key.endswith("__flagged")]
    primary = plan_of(*flagged, name="prod-primary")
    recovery = plan_of(corpus["kms-key-gone__near"], name="prod-recovery", complete=False)
    return review([primary, recovery], now=now)


@pytest.fixture
def clean(corpus, reviewed):
    return reviewed(corpus["kms-key-gone__near"])


@pytest.fixture
def small(corpus, plan_of, now):
    keys = ["s3-versioning-suspended__flagged", "kms-rotation-off__flagged", "s3-lifecycle-archive__flagged"]
    return review([plan_of(*(corpus[key] for key in keys), name="prod-primary")], now=now)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_finding_is_in_every_format_that_holds_all(format_, small):
    text = render(small, format_)

    for finding in small.findings:
        assert finding.rule in text
        assert finding.address in text


@pytest.mark.parametrize("format_", FORMATS)
def test_an_output_ends_with_a_line(format_, clean):
    assert render(clean, format_).endswith("\n")


def test_the_json_has_the_names_people_script_against(small):
    document = json.loads(render(small, "json"))

    assert document["schema"] == "holdfast.review/1"
    assert document["verdict"] == "findings"
    assert document["partial"] is False
    fixed = {"rule", "severity", "address", "path", "before", "after", "message", "irreversible"}
    assert all(fixed <= set(finding) for finding in document["findings"])
    assert document["findings"][0] | {"message": ""} == {
        "rule": "s3-versioning-suspended", "severity": "block", "kind": "weakening", "stack": "prod-primary",
        "address": "aws_s3_bucket_versioning.s3-versioning-suspended__flagged", "construct": None,
        "path": "versioning_configuration[0].status", "before": "Enabled", "after": "Suspended", "message": "",
        "irreversible": False, "origin": "plan",
    }  # fmt: skip


@pytest.mark.parametrize("which", ["busy", "clean", "small"])
def test_the_json_keeps_its_schema(which, request):
    schema = json.loads((DOCS / "schemas" / "review.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.validate(json.loads(render(request.getfixturevalue(which), "json")), schema)


def test_the_worst_comes_first(busy):
    ranks = [finding.severity.rank for finding in busy.findings]

    assert ranks == sorted(ranks)


def test_the_comment_begins_with_its_marker_and_the_table(small):
    lines = render(small, "markdown").splitlines()

    assert lines[0] == "<!-- holdfast-review -->"
    assert lines[3].startswith("| stack |")
    assert lines[5] == "| `prod-primary` | · | 3 | · | · | · | 1 | 1 | 1 | · |"


def test_findings_are_open_and_details_are_folded(small):
    text = render(small, "markdown")
    shown, folded = text.split("<details>", 1)

    assert "Versioning is suspended" in shown
    assert "### Findings" in shown
    assert "before `Enabled` · after `Suspended`" in folded


def test_a_partial_review_says_so_first(busy):
    text = render(busy, "markdown")

    assert text.index("Review is partial") < text.index("| stack |")
    assert "`prod-recovery`" in text.splitlines()[3]


def test_a_clean_review_is_short(clean):
    assert len(render(clean, "markdown")) < 400


@pytest.mark.parametrize("limit", [200_000, 60_000, 40_000, 20_000, 10_000, 4_000, 1_500, 700, 500])
def test_a_comment_is_shortened_by_degrees_and_says_what_is_omitted(limit, busy):
    text = render(busy, "markdown", max_bytes=limit)

    assert len(text.encode()) <= limit
    assert text.startswith("<!-- holdfast-review -->")
    assert ("Omitted for length" in text) is (limit < 200_000)


def test_the_number_omitted_is_the_number_not_shown(busy):
    text = render(busy, "markdown", max_bytes=10_000)
    shown = text.count("\n- ")
    omitted = int(text.split("Omitted for length: ")[1].split(" findings")[0])

    assert shown + omitted == len(busy.findings)


def test_the_worst_findings_are_omitted_last(busy):
    text = render(busy, "markdown", max_bytes=10_000)

    assert "**block**" in text
    assert "**warn**" not in text


def test_a_comment_that_cannot_fit_is_an_error(busy):
    with pytest.raises(ReviewTooLarge) as caught:
        render(busy, "markdown", max_bytes=200)

    assert "allowed: 200" in caught.value.message


def test_sarif_is_a_log_of_one_run_with_rules_and_results(busy):
    log = json.loads(render(busy, "sarif"))

    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(busy.findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith(("/", "..", "file:"))
    fingerprints = [r["partialFingerprints"]["holdfast/1"] for r in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["exitCode"] == 2


def test_a_fingerprint_stays_when_the_values_change(corpus, edited, reviewed):
    entry = corpus["backup-retention__flagged"]
    other = edited(
        entry, rule=json.loads(json.dumps(entry["change"]["change"]["after"]["rule"]).replace("2556", "100"))
    )
    prints = [
        json.loads(render(reviewed(e), "sarif"))["runs"][0]["results"][0]["partialFingerprints"] for e in (entry, other)
    ]

    assert prints[0] == prints[1]


def test_junit_counts_what_it_holds(busy):
    root = ElementTree.fromstring(render(busy, "junit"))  # noqa: S314  # our own output

    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"prod-primary", "prod-recovery"}
    for suite in suites.values():
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(attribute)) == len(suite.findall(f"testcase/{tag}"))
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert int(suites["prod-recovery"].get("errors")) >= 1
    grave = [f for f in busy.findings if f.severity.at_least(Severity.HIGH) and f.stack == "prod-primary"]
    assert int(suites["prod-primary"].get("failures")) == len(grave)


def test_a_clean_junit_has_a_test_that_passed(clean):
    suite = ElementTree.fromstring(render(clean, "junit"))[0]  # noqa: S314  # our own output

    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("1", "0", "0")


def test_annotations_stay_under_githubs_limit_and_say_what_is_omitted(busy):
    lines = render(busy, "github").splitlines()

    for command in ("error", "warning", "notice"):
        assert sum(line.startswith(f"::{command} ") for line in lines) <= 10
    assert any("more findings omitted" in line for line in lines)
    assert all(line.startswith("::") for line in lines)


class Page(HTMLParser):
    """Collects the elements of a page and the addresses it names."""

    def __init__(self):
        super().__init__()
        self.tags, self.loads, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "srcset", "action", "data", "background")]
        self.loads += [name for name, _ in attrs if name.startswith("on")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_needs_nothing_but_itself(busy):
    page = Page()
    text = render(busy, "html")
    page.feed(text)

    assert page.open == []
    assert page.loads == []
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert "default-src &#x27;none&#x27;" in text
    assert page.tags.count("article") == len(busy.findings)


def test_the_reference_is_the_one_the_catalogue_makes():
    from holdfast.review.reference import reference

    assert (DOCS / "rules.md").read_text() == reference()
