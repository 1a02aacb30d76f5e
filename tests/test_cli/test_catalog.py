"""`holdfast catalog`: the sets that count on stdout, everything else on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import validate

from holdfast.cli.main import run

pytestmark = pytest.mark.sandbox

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "catalog.schema.json").read_text())


@pytest.fixture
def pushed(ground, capsys):
    assert run(["push", "sandbox", "project", str(ground.source)]) == 0
    return capsys.readouterr().out.strip()


def unfinished(ground):
    """The first commit of a push that was killed before the second one."""
    key = "sets/exports/acme/20261122T010203Z-0123456789ab/manifest.json"
    ground.sessions.client("s3", "us-west-2").put_object(
        Bucket=ground.sessions.names.replica_bucket, Key=key, Body=b"{}"
    )
    return "20261122T010203Z-0123456789ab"


def test_an_empty_vault_prints_no_table(ground, capsys):
    assert run(["catalog", "sandbox"]) == 0
    said = capsys.readouterr()

    assert said.out == ""
    assert "no backup set" in said.err


def test_the_table_is_data_on_stdout(ground, pushed, capsys):
    assert run(["catalog", "sandbox"]) == 0
    header, row = capsys.readouterr().out.splitlines()

    assert header.split()[:3] == ["DATASET", "TENANT", "SET"]
    assert row.split()[:3] == ["project", "-", pushed]


def test_a_set_that_does_not_count_is_counted_and_shown_on_demand(ground, pushed, capsys):
    name = unfinished(ground)

    assert run(["catalog", "sandbox"]) == 0
    said = capsys.readouterr()
    assert name not in said.out
    assert "1 more do not count" in said.err

    assert run(["catalog", "sandbox", "--all"]) == 0
    said = capsys.readouterr()
    assert name in said.out
    assert "does not count" in said.out


def test_json_lists_the_sets(ground, pushed, capsys):
    unfinished(ground)
    assert run(["catalog", "sandbox", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)

    validate(document, SCHEMA)
    assert [each["set_id"] for each in document["sets"]] == [pushed]
    assert document["not_committed"] == 1

    assert run(["catalog", "sandbox", "--json", "--all"]) == 0
    document = json.loads(capsys.readouterr().out)
    validate(document, SCHEMA)
    assert len(document["sets"]) == 2


def test_one_region_can_be_asked_alone(ground, pushed, capsys):
    assert run(["catalog", "sandbox", "--region", "us-west-2", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["sets"][0]["regions"] == ["us-west-2"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--region", "eu-west-1"], "allowed: us-east-1, us-west-2"),
        (["--dataset", "nothing"], "there are: exports, project"),
        (["--dataset", "project", "--tenant", "acme"], "does not tell tenants apart"),
        (["--tenant", "acme"], "--tenant needs --dataset"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_1(ground, capsys, arguments, words):
    assert run(["catalog", "sandbox", *arguments]) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
