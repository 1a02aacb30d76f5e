"""The pages that are written from the code are current, and the schema says what records look like."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from evidence_ground import payload_of, resealed
from jsonschema import Draft202012Validator

from holdfast.evidence.refusals import Refusal
from holdfast.evidence.schema import evidence_schema, evidence_schema_text, refusals, refusals_page
from holdfast.evidence.signed_record import open_record

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize(
    ("name", "text"), [("schemas/evidence.schema.json", evidence_schema_text), ("evidence-refusals.md", refusals_page)]
)
def test_a_generated_page_is_current(name: str, text) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == text(), "run `make docs`"


def test_every_refusal_is_on_the_page_once() -> None:
    listed = [each for classes in refusals().values() for each in classes]

    assert sorted(listed, key=str) == sorted(Refusal.__subclasses__(), key=str)
    assert len({each.code() for each in listed}) == len(listed) > 40


def test_every_refusal_is_provoked_by_a_test() -> None:
    """By its class or by its code, somewhere in the tests of evidence."""
    tests = "\n".join(
        path.read_text() for path in Path(__file__).parent.glob("test_*.py") if path.name != "test_pages.py"
    )

    unproved = [
        each.__name__
        for classes in refusals().values()
        for each in classes
        if not re.search(rf"\b{each.__name__}\b|\"{each.code()}\"", tests)
    ]

    assert unproved == []


def test_what_is_written_fits_the_schema_and_what_does_not_fit_is_refused(ground) -> None:
    schema = Draft202012Validator(evidence_schema())
    data = ground.write().path.read_bytes()
    schema.validate(payload_of(data))

    for change in (
        lambda doc: doc["predicate"].pop("result"),
        lambda doc: doc["predicate"]["chain"].update(sequence=0),
        lambda doc: doc["subject"][0].update(name="a/../b"),
        lambda doc: doc["predicate"]["identity"].update(kind="rumour"),
        lambda doc: doc["predicate"].update(recorded_at="yesterday"),
    ):
        changed = resealed(data, ground.signer, change)
        assert not schema.is_valid(payload_of(changed))
        with pytest.raises(Refusal):
            open_record(changed, ground.trusted)


def test_the_schema_lets_fields_of_a_later_version_through(ground) -> None:
    document = payload_of(ground.write().path.read_bytes())
    document["predicate"]["x_later"] = {"a": [1]}

    Draft202012Validator(evidence_schema()).validate(document)
