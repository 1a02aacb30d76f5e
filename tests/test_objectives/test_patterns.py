"""Patterns as IAM writes them: what one covers, and what two have in common, held against trying every string."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.objectives.patterns import covers, overlap

PATTERNS = st.text(alphabet="ab*?", max_size=4)
STRINGS = ["".join(letters) for length in range(7) for letters in product("ab", repeat=length)]


def matched(pattern):
    regular = re.compile(pattern.replace("*", ".*").replace("?", "."))
    return {each for each in STRINGS if regular.fullmatch(each)}


@given(PATTERNS, PATTERNS)
def test_two_patterns_overlap_exactly_where_some_string_matches_both(first, second):
    assert overlap(first, second) is bool(matched(first) & matched(second))


@given(PATTERNS, PATTERNS)
def test_what_is_covered_is_covered_whole(pattern, text):
    if covers(pattern, text):
        assert matched(text) <= matched(pattern)


@given(PATTERNS)
def test_a_pattern_covers_itself_and_everything_covers_it(pattern):
    assert covers("*", pattern)
    assert covers(pattern, pattern) or "?" in pattern


@pytest.mark.parametrize(
    ("pattern", "text"), [("a", "*"), ("a*", "*a"), ("?", "*"), ("arn:aws:s3:::vault", "arn:aws:s3:::vault-2")]
)
def test_less_does_not_cover_more(pattern, text):
    assert not covers(pattern, text)
