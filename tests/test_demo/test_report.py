"""The page that is handed on: whole, self-contained, and safe with hostile names."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from holdfast.demo.outcome import EvidenceRow, Objective, Outcome
from holdfast.demo.report import ReportNotWritten, write_report
from holdfast.demo.steps import Step
from holdfast.reports.page import humane_bytes, humane_seconds

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}"


@pytest.fixture
def outcome() -> Outcome:
    return Outcome(
        environment="sandbox",
        started_at=datetime(2026, 11, 22, tzinfo=UTC),
        commit=None,
        objectives=[Objective("RPO", HOSTILE, "region_loss", "1 d", "4 s", "met", "measured")],
        evidence=[EvidenceRow(HOSTILE, "PASSED", "ab", "here")],
        declared_not_exercised=[{"address": HOSTILE, "type": "aws_x", "reason": HOSTILE}],
        steps=[Step(HOSTILE, 1.0, HOSTILE)],
    )


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_hostile_names_stay_text(outcome: Outcome, tmp_path: Path) -> None:
    page = write_report(outcome, tmp_path / "report.html").read_text()

    assert "<script" not in page
    assert "{{ 7 * 7 }}" in page
    assert "49" not in page


def test_nothing_is_fetched_from_elsewhere(outcome: Outcome, tmp_path: Path) -> None:
    tags = Tags()
    tags.feed(write_report(outcome, tmp_path / "report.html").read_text())

    assert tags.seen
    assert not [(tag, attrs) for tag, attrs in tags.seen if {"src", "href"} & attrs.keys()]


def test_a_page_that_cannot_be_written_is_one_clear_error_and_leaves_nothing(outcome: Outcome, tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()

    with pytest.raises(ReportNotWritten, match=r"report\.html"):
        write_report(outcome, tmp_path / "report.html")

    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0.84, "0.8 s"), (42.4, "42 s"), (250, "4 min 10 s"), (57_600, "16 h"), (172_800, "2 d")],
)
def test_seconds_are_said_as_a_person_says_them(seconds: float | None, words: str) -> None:
    assert humane_seconds(seconds) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 B"), (1023, "1023 B"), (8 * 1024**2, "8.0 MiB")])
def test_bytes_are_in_binary_units(count: int, words: str) -> None:
    assert humane_bytes(count) == words
