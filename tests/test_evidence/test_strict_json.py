"""JSON two readers could read differently is refused, each kind by its own class."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.evidence.refusals import (
    DuplicateJsonKey,
    LoneSurrogate,
    NestingTooDeep,
    NonFiniteNumber,
    NotJson,
    NotUtf8,
    NumberOutOfRange,
    Refusal,
)
from holdfast.evidence.strict_json import MAX_DEPTH, MAX_INTEGER, canonical, parse

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (b'{"a":1,"a":2}', DuplicateJsonKey),
        (b'[{"a":{"b":1,"b":1}}]', DuplicateJsonKey),
        (b'{"a":1,"\\u0061":2}', DuplicateJsonKey),
        (b"NaN", NonFiniteNumber),
        (b"[-Infinity]", NonFiniteNumber),
        (b"1e999", NumberOutOfRange),
        (b"9007199254740992", NumberOutOfRange),
        (b"1" * 2**20, NumberOutOfRange),
        (b"0." + b"1" * 2**20, NumberOutOfRange),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), NestingTooDeep),
        (b"[" * 10_000 + b"]" * 10_000, NestingTooDeep),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, NestingTooDeep),
        (b'"\\ud800"', LoneSurrogate),
        (b'{"\\udfff":1}', LoneSurrogate),
        (b"\xff", NotUtf8),
        (b'"\xed\xa0\x80"', NotUtf8),
        (b"\xef\xbb\xbf{}", NotJson),
        (b"{", NotJson),
        (b"{}{}", NotJson),
        (b"{'a':1}", NotJson),
        (b"", NotJson),
    ],
)
def test_each_ambiguity_is_refused_by_its_own_class(text: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as caught:
        parse(text)

    assert type(caught.value) is refusal
    assert len(caught.value.message) < 200


def test_the_deepest_allowed_document_is_read() -> None:
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


@given(JSON)
def test_what_is_written_is_read_back_the_same(value) -> None:
    if sys.getsizeof(value) and _depth(value) < MAX_DEPTH:
        assert canonical(parse(canonical(value))) == canonical(value)


@given(JSON)
def test_there_is_one_way_to_write_a_document(value) -> None:
    spaced = json.dumps(value, indent=1, ensure_ascii=True).encode()

    assert canonical(parse(spaced)) == canonical(value)


@pytest.mark.parametrize(("value", "refusal"), [(float("nan"), NonFiniteNumber), ("\udc00", LoneSurrogate)])
def test_what_has_no_written_form_is_not_written(value, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        canonical({"a": value})


def _depth(value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0
