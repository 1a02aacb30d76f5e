"""`docs/proofs.md` says what the code does."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from declaring import CONTINUOUS, DAY, HALF_DAILY, HOUR, declaration

from holdfast.objectives.declaration import Copy, Exclusion, Rule
from holdfast.objectives.horizon import YEARS
from holdfast.objectives.proof import Scenario, spell
from holdfast.objectives.proving import prove
from holdfast.objectives.services import SERVICES, Mechanism, Published

PAGE = (Path(__file__).parents[2] / "docs" / "proofs.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("|")]


def rows_of(word):
    return [row for row in ROWS if f"`{word}`" in row]


def test_every_kind_has_its_figure_and_source():
    names = {Mechanism.AWS_BACKUP: "AWS Backup", Mechanism.PUSH: "push", Mechanism.STREAM: "stream"}
    for kind, service in SERVICES.items():
        (row,) = rows_of(kind)
        assert f"| {names[service.mechanism]} |" in row
        if isinstance(service.continuous, Published):
            assert (
                f"| {spell(service.continuous.bound)} | [{service.continuous.says}]({service.continuous.source})" in row
            )
        elif service.continuous is not None:
            assert f"| {spell(service.continuous.value)}, assumed |" in row
        elif not service.change_log:
            assert "| none |" in row


def test_every_scenario_is_explained():
    assert all(rows_of(scenario) for scenario in Scenario)


def test_every_id_a_proof_can_have_is_listed():
    patterns = [
        re.escape(code).replace("<", "(?P<").replace(">", ">[^.]+)").replace(r"\-", "-")
        for row in ROWS
        for code in re.findall(r"`((?:coverage|rpo|rto|lock|key|plan)\.[^`]+)`", row)
    ]
    lasts = {code for row in ROWS for code in re.findall(r"`\.([a-z-]+)`", row)}
    yearly = Rule("yearly", 365 * DAY, HALF_DAILY.schedule, cold_storage_after=DAY, copy=Copy(365 * DAY, DAY))
    exclusion = Exclusion("cache", "made again", declaration().today)
    replicated = replace(CONTINUOUS, replicate_for=DAY)
    gapped = replace(HALF_DAILY, name="gapped", air_gapped=30 * DAY)
    given = declaration(replicated, gapped, yearly, rto={"corruption": HOUR}, exclusions=(exclusion,))
    report = prove(replace(given, datasets=tuple(replace(each, all_named=True) for each in given.datasets)))

    for proof in report.proofs:
        known = any(re.fullmatch(re.sub(r"\?P<[^>]+>", "", pattern), proof.id) for pattern in patterns)
        assert known or proof.id.split(".")[-1] in lasts, proof.id


def test_the_horizon_is_as_long_as_the_page_says():
    assert f"The horizon is {YEARS} years" in PAGE
