"""Proofs of base and head: what no longer holds, and what the same statement is worth now."""

from __future__ import annotations

import copy
import json

import pytest

from holdfast.review.errors import StacksUnreadable
from holdfast.review.finding import Kind
from holdfast.review.proofs import load_proofs, proofs_lost
from holdfast.review.review import Verdict, review


def proof(id_, verdict="proved", bound=None, limit=None, because="so it is"):
    subject = id_.split(".")[1]
    return {"id": id_, "subject": subject, "scenario": None, "verdict": verdict, "bound_seconds": bound,
            "limit_seconds": limit, "witness": None, "because": because}  # fmt: skip


BASE = [
    proof("coverage.orders.selection"),
    proof("coverage.orders.objectives"),
    proof("coverage.cache.exclusion"),
    proof("rpo.orders.corruption", bound=300, limit=3600),
    proof("rpo.orders.region_loss", "conditional", 18000, 21600),
    proof("lock.critical.hourly.retention", bound=7776000, limit=2592000),
    proof("coverage.exports.selection", "refuted"),
]


def edited(id_, **values):
    """Base with one proof changed, or removed when nothing is given."""
    result = [p for p in copy.deepcopy(BASE) if p["id"] != id_ or values]
    for each in result:
        if each["id"] == id_:
            each.update(values)
    return result


@pytest.fixture
def sides(tmp_path):
    """Write proofs of both sides as the command prints them, and compare them."""

    def make(head, base=BASE):
        loaded = []
        for name, proofs in (("base", base), ("head", head)):
            folder = tmp_path / name
            folder.mkdir()
            if proofs is not None:
                document = {"schema": "holdfast.prove/1", "verdict": "proved", "proofs": proofs}
                (folder / "proofs.json").write_text(json.dumps(document))
            loaded.append(load_proofs(folder))
        return proofs_lost(*loaded)

    return make


RPO = "rpo.orders.corruption"
WITHOUT_ORDERS = [p for p in BASE if p["subject"] != "orders"]


@pytest.mark.parametrize(
    ("head", "rule", "severity"),
    [
        (edited(RPO, verdict="refuted"), "proof-refuted", "block"),
        (edited("rpo.orders.region_loss", verdict="refuted"), "proof-refuted", "block"),
        (edited(RPO, verdict="conditional"), "proof-conditional", "high"),
        (edited(RPO), "proof-gone", "high"),
        (edited(RPO, bound_seconds=600), "proof-bound-worse", "warn"),
        (edited(RPO, bound_seconds=None), "proof-bound-worse", "warn"),
        (edited("lock.critical.hourly.retention", bound_seconds=2592000), "proof-bound-worse", "warn"),
        (edited(RPO, limit_seconds=7200), "objective-loosened", "high"),
        (WITHOUT_ORDERS, "dataset-dropped", "block"),
        ([*WITHOUT_ORDERS, proof("coverage.orders.exclusion", because="derived")], "dataset-excluded", "high"),
        (None, "proof-missing", "high"),
    ],
)
def test_what_head_no_longer_proves_is_found(sides, head, rule, severity):
    (finding,) = sides(head)

    assert (finding.rule, finding.severity.value, finding.origin.value) == (rule, severity, "proofs")


@pytest.mark.parametrize(
    "head",
    [
        BASE,
        [*BASE, proof("rpo.new.corruption", "conditional")],
        edited(RPO, bound_seconds=60),
        edited(RPO, limit_seconds=600),
        edited("rpo.orders.region_loss", verdict="proved"),
        edited("lock.critical.hourly.retention", bound_seconds=9999999),
        edited("coverage.exports.selection", verdict="proved"),
        edited(RPO, because="another reason"),
    ],
)
def test_what_head_still_proves_or_proves_better_is_not(sides, head):
    assert sides(head) == []


def test_without_proofs_of_base_there_is_nothing_to_lose(sides):
    assert sides(BASE, base=None) == []


def test_the_finding_says_what_it_costs(sides):
    (finding,) = sides(edited(RPO, bound_seconds=5400, because="twice a day"))

    assert (finding.before, finding.after) == ("5 min", "1 h 30 min")
    assert "`5 min` → `1 h 30 min` (`twice a day`)" in finding.message


def test_missing_proofs_are_not_verified_and_fail_closed(sides, now):
    result = review([], now=now, more=sides(None))

    assert [finding.kind for finding in result.findings] == [Kind.UNVERIFIED]
    assert result.verdict is Verdict.PARTIAL


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"schema": "holdfast.prove/2", "proofs": []}', '{"schema": "holdfast.prove/1"}',
     '{"schema": "holdfast.prove/1", "proofs": [3]}',
     '{"schema": "holdfast.prove/1", "proofs": [{"id": "rpo.a.b", "subject": "a", "verdict": "fine", "because": "x"}]}',
     json.dumps({"schema": "holdfast.prove/1", "proofs": [proof("rpo.a.b"), proof("rpo.a.b")]}),
     json.dumps({"schema": "holdfast.prove/1", "proofs": [proof("rpo.a.b", bound="long")]})],
)  # fmt: skip
def test_a_file_of_another_shape_is_one_error(text, tmp_path):
    (tmp_path / "proofs.json").write_text(text)

    with pytest.raises(StacksUnreadable, match=r"proofs\.json"):
        load_proofs(tmp_path)


def test_the_rules_of_proofs_have_each_a_case_above():
    from holdfast.review.rules import TABLES

    cases = {mark.args[1][i][1] for mark in test_what_head_no_longer_proves_is_found.pytestmark
             for i in range(len(mark.args[1]))}  # fmt: skip
    assert {rule.id for rule in TABLES["Proofs of base and head"]} == cases


@pytest.mark.parametrize(
    "payload", ["<script>x</script>", "`b` **c** @all", "a\n::error::x", "| x |\n|--|", "\u202ex\x1b[0m"]
)
def test_what_a_proof_says_is_text_in_every_format(sides, now, payload):
    from holdfast.review.render import FORMATS, render

    old = {**proof("rpo.x.corruption"), "subject": payload, "id": f"rpo.{payload}.corruption"}
    result = review([], now=now, more=sides([{**old, "verdict": "refuted", "because": payload}], base=[old]))

    assert [finding.rule for finding in result.findings] == ["proof-refuted"]
    for format_ in FORMATS:
        text = render(result, format_)
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "<script>x" not in text or format_ in ("json", "sarif", "github", "markdown")
        assert not [line for line in text.splitlines() if line.startswith("::error::x")]
    markdown = render(result, "markdown")
    assert "\n|--|" not in markdown
