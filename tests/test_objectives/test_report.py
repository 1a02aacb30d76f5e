"""The verdict of many proofs, and what a report prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from declaring import CONTINUOUS, DAY, HALF_DAILY, HOUR, NOW, declaration, measured

from holdfast.objectives.declaration import Key
from holdfast.objectives.proof import Assumption, AssumptionSource, Proof, Report, Verdict, spell, worst
from holdfast.objectives.proving import prove

P, C, R = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED


@pytest.mark.parametrize(
    ("verdicts", "all_together"),
    [([P, P], P), ([P, C, P], C), ([C, R, P], R), ([R], R), ([], R)],
)
def test_the_worst_verdict_is_that_of_all(verdicts, all_together):
    assert worst(verdicts) is all_together


def test_a_report_without_proofs_is_not_proved():
    assert Report(()).verdict is R


def test_everything_measured_and_kept_is_proved():
    report = prove(
        declaration(
            CONTINUOUS,
            HALF_DAILY,
            kind="dynamodb",
            rpo={"corruption": 5 * timedelta(minutes=1), "region_loss": DAY},
            rto={"corruption": 2 * HOUR, "region_loss": 2 * HOUR},
            copy_time=measured(HOUR),
            restore_time=measured(HOUR, name="restore time"),
            primary_key=Key(35 * DAY, guarded=False),
        )
    )

    assert report.verdict is P
    assert {proof.id.split(".")[0] for proof in report.proofs} == {"coverage", "rpo", "rto", "lock", "key", "plan"}


def test_one_refuted_proof_refutes_the_report():
    report = prove(declaration(replace(HALF_DAILY, delete_after=366 * DAY)))

    assert report.verdict is R
    assert {proof.id for proof in report.with_verdict(R)} == {
        "lock.gold.half-daily.retention",
        "lock.gold.half-daily.replica",
    }


def test_ids_are_unique_and_the_same_every_time():
    first, second = (prove(declaration(CONTINUOUS, HALF_DAILY, rto={"corruption": HOUR})) for _ in range(2))

    assert first == second
    assert len({proof.id for proof in first.proofs}) == len(first.proofs)


def test_the_document_has_the_fixed_names():
    document = prove(declaration()).document()

    assert list(document) == ["verdict", "proofs"]
    for proof in document["proofs"]:
        assert list(proof) == [
            "id",
            "subject",
            "scenario",
            "verdict",
            "bound_seconds",
            "limit_seconds",
            "witness",
            "because",
        ]


def test_a_proof_at_the_same_moment_does_not_depend_on_the_zone_of_the_clock():
    assert NOW.utcoffset() == timedelta()
    assert prove(declaration()) == prove(declaration(now=NOW))


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "0 s"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(days=1, hours=4), "1 d 4 h"),
        (timedelta(days=2555), "2555 d"),
        (timedelta(seconds=61), "1 min 1 s"),
    ],
)
def test_lengths_in_words(length, words):
    assert spell(length) == words


def test_an_assumption_says_where_it_comes_from():
    known = Assumption("restore time", HOUR, AssumptionSource.MEASURED, date(2026, 11, 1))

    assert str(known) == "restore time 1 h (measured 2026-11-01)"
    assert str(Assumption("nobody leaves", None)) == "nobody leaves (default)"


def test_a_proof_without_figures_prints_nothing_for_them():
    document = Proof("coverage.x.selection", "x", P, "selected by daily").document()

    assert (document["bound_seconds"], document["limit_seconds"], document["witness"]) == (None, None, None)
