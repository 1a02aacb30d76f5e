"""What a record looks like on disk, and that nothing of it is lost on the way through this version."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from evidence_ground import START, payload_of, record, resealed
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from holdfast.evidence.fields import LONG, SHORT, format_instant, parse_instant
from holdfast.evidence.record import PREDICATE_TYPE, STATEMENT_TYPE, Subject, read_statement, written
from holdfast.evidence.refusals import (
    DuplicateSubject,
    InvalidRecord,
    NotCanonical,
    NotStatement,
    UnknownPredicate,
)
from holdfast.evidence.sections import Check, Outcome, Result, Verdict
from holdfast.evidence.signed_record import open_record
from holdfast.evidence.strict_json import canonical

EXTRA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('aé"\\ \n'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def statement(ground) -> dict:
    return payload_of(ground.write().path.read_bytes())


def test_it_is_an_in_toto_statement_with_our_predicate(statement: dict) -> None:
    assert statement["_type"] == STATEMENT_TYPE == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == PREDICATE_TYPE == "urn:holdfast:evidence:v1"
    assert statement["subject"][0]["digest"].keys() == {"sha256"}
    assert statement["predicate"]["recorded_at"] == "2026-11-22T02:00:00.000Z"
    assert statement["predicate"]["chain"]["sequence"] == 1


def test_what_is_not_known_is_left_out_not_null(statement: dict) -> None:
    assert "null" not in json.dumps(statement)
    assert "approver" not in statement["predicate"]["people"]


SECTIONS = (
    (),
    ("subject", 0),
    ("predicate",),
    ("predicate", "chain"),
    ("predicate", "checks", 0),
    ("predicate", "rto"),
)


@pytest.mark.parametrize("section", SECTIONS)
@given(extra=EXTRA)
def test_unknown_fields_survive_a_read_and_a_write_byte_for_byte(section: tuple, extra) -> None:
    document = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "plan.json", "digest": {"sha256": "0" * 64}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            **record().document(),
            "recorded_at": format_instant(START),
            "chain": {"key": "0" * 64, "sequence": 1},
        },
    }
    place = document
    for step in section:
        place = place[step]
    place["x_later_version"] = extra
    payload = canonical(document)

    assert written(read_statement(payload)) == payload


def test_a_signed_record_with_unknown_fields_verifies(ground) -> None:
    written_record = ground.write()
    written_record.path.write_bytes(
        resealed(written_record.path.read_bytes(), ground.signer, lambda doc: doc["predicate"].update(x_note=[1, None]))
    )

    result = ground.verify()

    assert result.good
    assert result.records[0][1].entry.model_extra == {"x_note": [1, None]}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda doc: doc.update(_type="https://in-toto.io/Statement/v0.1"), NotStatement),
        (lambda doc: doc.update(predicateType="urn:holdfast:evidence:v2"), UnknownPredicate),
        (lambda doc: doc.update(predicateType=["urn:holdfast:evidence:v1"]), UnknownPredicate),
        (lambda doc: doc["subject"].append(doc["subject"][0]), DuplicateSubject),
        (lambda doc: doc.update(subject=[]), InvalidRecord),
        (lambda doc: doc["subject"][0].update(name="../plan.json"), InvalidRecord),
        (lambda doc: doc["subject"][0].update(name="/etc/passwd"), InvalidRecord),
        (lambda doc: doc["subject"][0]["digest"].update(sha256="A" * 64), InvalidRecord),
        (lambda doc: doc["subject"][0].update(digest={"sha1": "0" * 40}), InvalidRecord),
        (lambda doc: doc["predicate"].pop("chain"), InvalidRecord),
        (lambda doc: doc["predicate"]["result"].update(verdict="EXCELLENT"), InvalidRecord),
        (lambda doc: doc["predicate"]["chain"].update(previous="0" * 64), InvalidRecord),
        (lambda doc: doc["predicate"].update(recorded_at="2026-11-22T02:00:00Z"), InvalidRecord),
        (lambda doc: doc["predicate"].update(recorded_at="2026-11-22T02:00:60.000Z"), InvalidRecord),
        (lambda doc: doc["predicate"].update(recorded_at=1795312800), InvalidRecord),
        (lambda doc: doc["predicate"]["rto"].update(measured_seconds="10"), NotCanonical),
        (lambda doc: doc["predicate"]["rto"].update(measured_seconds=10.00049), NotCanonical),
        (lambda doc: doc["predicate"]["identity"].update(sandbox="yes"), NotCanonical),
        (lambda doc: doc["predicate"]["people"].update(operator="a\nb"), NotCanonical),
        (lambda doc: doc["predicate"]["people"].update(operator="a" * 1000), NotCanonical),
    ],
)
def test_what_a_key_holder_writes_wrongly_is_refused_by_its_own_class(ground, change, refusal) -> None:
    data = resealed(ground.write().path.read_bytes(), ground.signer, change)

    with pytest.raises(refusal) as caught:
        open_record(data, ground.trusted)

    assert type(caught.value) is refusal


def test_control_characters_are_escaped_and_long_texts_cut_with_their_length() -> None:
    check = Check(id="\x1b[2Jname\u202e\udcff", kind="x" * 300, outcome=Outcome.PASSED)
    result = Result(verdict=Verdict.FAILED, reason="r" * 5000)

    assert check.id == "\\u{1b}[2Jname\\u{202e}\\u{dcff}"
    assert len(check.kind) == SHORT
    assert check.kind.endswith("… (300 characters)")
    assert len(result.reason) == LONG


@pytest.mark.parametrize("name", ["", "..", "a/../b", "/a", "a//b", "a\\b", ".hidden", "a/", "a\nb", "é", "a" * 600])
def test_a_subject_is_named_by_a_plain_relative_path(name: str) -> None:
    with pytest.raises(InvalidRecord):
        Subject.of_bytes(name, b"")


def test_whatever_python_reads_a_record_shows_the_same_text() -> None:
    """Letters of scripts that a later Unicode adds are kept: an older Python's tables must not judge them."""
    text = "\u0378 \U0001fae8 \ue000 é 字"

    assert Check(id=text, kind="x", outcome=Outcome.PASSED).id == text


@pytest.mark.parametrize(
    "name", ["type_", "predicate_type", "model_extra", "__dict__", "__pydantic_extra__", "document"]
)
def test_an_unknown_field_named_like_something_of_ours_survives_as_well(ground, name: str) -> None:
    data = ground.write().path.read_bytes()

    for place in ((), ("predicate",), ("predicate", "identity")):
        changed = payload_of(data)
        section = changed
        for step in place:
            section = section[step]
        section[name] = "x"
        assert written(read_statement(canonical(changed))) == canonical(changed)


def test_a_moment_has_one_spelling() -> None:
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 22, 11, 0, 0, 123_999, tzinfo=tokyo)

    assert format_instant(parse_instant(moment)) == "2026-11-22T02:00:00.123Z"
    assert parse_instant("2026-11-22T02:00:00.123Z") == parse_instant(moment)
    for other in ("2026-11-22T02:00:00.123+00:00", "2026-11-22 02:00:00.123Z", "2026-11-22T02:00:00.1234Z"):
        with pytest.raises(ValueError, match="written like"):
            parse_instant(other)
    with pytest.raises(ValueError, match="aware"):
        parse_instant(datetime(2026, 11, 22))  # noqa: DTZ001  # that is the point


def test_a_record_is_frozen() -> None:
    with pytest.raises(ValidationError):
        record().result.verdict = Verdict.FAILED


@pytest.mark.parametrize("year", [1970, 2038, 2100, 2999])
def test_far_years_are_written_like_near_ones(year: int) -> None:
    moment = START.replace(year=year)

    assert parse_instant(format_instant(moment)) == moment
