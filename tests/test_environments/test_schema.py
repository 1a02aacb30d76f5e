"""The JSON Schema for editors: current, complete, and of one mind with the loader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from holdfast.environments.fields_page import fields_page
from holdfast.environments.inheritance import NAMED_LISTS, REMOVE
from holdfast.environments.reading import read_file
from holdfast.environments.schema import environment_schema, environment_schema_text, model_schema
from holdfast.environments.written import Written

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = environment_schema()
CHECKER = jsonschema.Draft202012Validator(SCHEMA)


def written(folder, deviation: str) -> Any:
    return as_an_editor_sees_it(folder.write("prod", f"extends: whole\nenvironment: prod\n{deviation}"))


def as_an_editor_sees_it(path: Path) -> Any:
    """The file with its nulls, which say "take this away" and are gone from `Written.plain`."""

    def plain(value: Written) -> Any:
        if value.mapping:
            return {key: plain(each) for key, each in value.mapping.items()}
        return [plain(each) for each in value.items] or value.plain()

    return plain(read_file(path))


def properties(shape: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from shape.get("properties", {}).items()
    for definition in shape.get("$defs", {}).values():
        yield from properties(definition)


@pytest.mark.parametrize(
    ("path", "text"),
    [("schemas/environment.schema.json", environment_schema_text), ("environment-fields.md", fields_page)],
)
def test_what_is_generated_is_current(path, text):
    assert (DOCS / path).read_text(encoding="utf-8") == text(), f"docs/{path} is stale: run `make docs`"


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_items_that_merge_by_name_can_be_removed_by_it():
    named = {key: shape["required"] for key, shape in SCHEMA["$defs"].items() if REMOVE in shape.get("properties", {})}

    assert named == {"Dataset": ["name"], "Rule": ["name"], "Exclusion": ["dataset"]}
    assert {f"{key.lower()}s": keys[0] for key, keys in named.items()} == NAMED_LISTS


def test_every_setting_is_described():
    undescribed = [
        name for shape in (SCHEMA, model_schema()) for name, each in properties(shape) if not each["description"]
    ]

    assert not undescribed


def test_defaults_are_written_as_in_a_file():
    assert SCHEMA["$defs"]["Tier"]["properties"]["drill_every"]["default"] == "90d"
    assert "P90D" not in json.dumps(SCHEMA)


def test_every_shipped_file_is_valid_against_it_and_names_it(shipped):
    for path in sorted(shipped.glob("*.yaml")):
        CHECKER.validate(as_an_editor_sees_it(path))
        modeline = path.read_text(encoding="utf-8").splitlines()[0]
        target = modeline.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / target).resolve() == DOCS / "schemas/environment.schema.json", path


@pytest.mark.parametrize(
    "deviation",
    [
        "state: null\ntiers: {critical: null}\n",
        "datasets: [{name: exports, remove: true}]\nexclusions: [{dataset: search-index, remove: true}]\n",
        "tiers: {critical: {rules: [{name: daily, copy: null}]}}\n",
        "tags: {team: null}\nlock: {minimum: 30d}\n",
    ],
)
def test_a_file_that_says_only_what_differs_is_valid(folder, deviation):
    CHECKER.validate(written(folder, deviation))


@pytest.mark.parametrize(
    "deviation",
    [
        "lokc: {}\n",
        "lock: {minimun: 7d}\n",
        "lock: {minimum: 7 days}\n",
        "lock: {mode: GOVERNENCE}\n",
        "accounts: {workload: 111111111111}\n",
        "sandbox: yes\n",
        "tls_minimum: 1.2\n",
        "regions: {primary: useast1}\n",
        "tiers: {critical: {rpo: {coruption: 5m}}}\n",
        "tiers: {Bad Tier: {}}\n",
        "datasets: [{kind: s3}]\n",
        "datasets: [{name: orders, kind: rdss}]\n",
        "datasets: [{name: orders, remove: false}]\n",
        "exclusions: [{dataset: search-index, reason: old}]\n",
        "exclusions: [{dataset: search-index, until: 7}]\n",
        "tiers: {critical: {rules: [{name: daily, schedule: daily}]}}\n",
    ],
)
def test_what_the_loader_refuses_in_a_single_value_the_schema_refuses_too(folder, deviation):
    assert not CHECKER.is_valid(written(folder, deviation))
    assert folder.refused(deviation)


def test_a_file_that_stands_alone_has_to_be_complete():
    assert not CHECKER.is_valid({"environment": "prod"})
    assert CHECKER.is_valid({"environment": "prod", "extends": "base"})
    assert CHECKER.is_valid({"environment": "base", "abstract": True})
