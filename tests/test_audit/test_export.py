"""The audit log in a spreadsheet runs nothing, whatever somebody managed to have logged."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.audit.export import COLUMNS, csv_lines

ENTRY = {"number": 1, "at": "2026-11-22T12:00:00.000Z", "action": "apply", "phase": "end", "actor": "ada@host"}


def parsed(entry):
    return list(csv.DictReader(io.StringIO("".join(csv_lines([entry])), newline="")))


@pytest.mark.parametrize("value", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "|calc", "%0A", "\n=1"])
def test_a_formula_is_text(value):
    (row,) = parsed(ENTRY | {"target": value})
    assert row["target"].startswith(("'", "\\u{")), "quoted, or its line end written out"


@pytest.mark.parametrize("value", ["s3://bucket/a", "ada, bob", 'say "no"', "plan 3f2a", "ü"])
def test_what_is_no_formula_stays_as_it_is(value):
    (row,) = parsed(ENTRY | {"target": value})
    assert row["target"] == value


@given(st.text(max_size=60))
def test_any_text_is_one_cell_of_one_row_and_no_formula(value):
    rows = parsed(ENTRY | {"target": value, "actor": value})
    assert len(rows) == 1
    assert rows[0]["action"] == "apply"
    for name in ("target", "actor"):
        assert not rows[0][name].lstrip().startswith(("=", "+", "-", "@", "|", "%"))
        assert rows[0][name].isprintable() or "\t" in rows[0][name]


def test_every_column_has_its_name_even_when_nothing_was_done():
    assert next(iter(csv_lines([]))).strip() == ",".join(f'"{name}"' for name in COLUMNS)
