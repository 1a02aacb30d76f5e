"""The catalogue is data; these tests hold the data to its promises."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from holdfast.review.finding import Severity
from holdfast.review.irreversible import DESCRIBED
from holdfast.review.rule import Appears, Described, Gone
from holdfast.review.rules import CATALOGUE, TABLES, attribute_rules, guarded_types, loss_rules

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "corpus" / "schema" / "aws-5.100.0.json").read_text())
RULES = sorted(CATALOGUE.values(), key=lambda rule: rule.id)
IDS = [rule.id for rule in RULES]


def test_ids_are_unique_over_all_tables():
    assert sum(len(table) for table in TABLES.values()) == len(CATALOGUE)


def test_the_catalogue_covers_what_it_promises():
    assert len(CATALOGUE) >= 300
    assert len(guarded_types()) >= 100
    assert set(Severity) == {rule.severity for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_says_what_is_at_risk_what_to_do_and_where_it_is_written(rule):
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", rule.id)
    assert re.fullmatch(r"[A-Za-z][^\n]*[^\n.]", rule.title)
    assert rule.risk.endswith(".")
    assert rule.remediation.endswith((".", "?"))
    assert rule.source.startswith("https://")
    assert "`" not in rule.title + rule.risk + rule.remediation


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_is_a_fact_about_resources_or_about_a_plan(rule):
    if isinstance(rule.direction, Gone | Appears | Described):
        assert not rule.path.text
    else:
        assert rule.types
        assert rule.path.text or rule.reading.field


def _exists(block, names):
    name, rest = names[0], names[1:]
    if name in block.get("attributes", ()):
        return True
    inner = block.get("blocks", {}).get(name)
    return inner is not None and (not rest or _exists(inner, rest))


ATTRIBUTES = [
    pytest.param(type_, rule, id=f"{rule.id}-{type_}")
    for type_, rules in sorted(attribute_rules().items())
    for rule in rules
    if rule.provider == 5
]


@pytest.mark.parametrize(("type_", "rule"), ATTRIBUTES)
def test_a_guarded_attribute_is_one_the_provider_has(type_, rule):
    field = tuple(rule.reading.field.split(".")) if rule.reading.field else ()

    assert _exists(SCHEMA[type_], rule.path.names + field)


def test_a_guarded_type_is_one_the_provider_has():
    assert guarded_types() <= set(SCHEMA)


@pytest.mark.parametrize("rule", [r for r in RULES if r.provider > 5], ids=lambda rule: rule.id)
def test_an_attribute_said_to_be_newer_is_not_in_the_older_provider(rule):
    assert all(not _exists(SCHEMA[type_], rule.path.names) for type_ in rule.types)


def test_each_one_way_attribute_has_words_for_what_cannot_be_undone():
    assert {type_ for rule in RULES if rule.one_way for type_ in rule.types} <= set(DESCRIBED)


def test_a_type_has_one_rule_for_its_loss():
    assert all(
        sum(isinstance(rule.direction, Gone) and type_ in rule.types for rule in RULES) == 1 for type_ in loss_rules()
    )


@pytest.mark.parametrize(
    ("type_", "attribute"),
    [
        ("aws_s3_bucket", "force_destroy"),
        ("aws_kms_key", "deletion_window_in_days"),
        ("aws_backup_vault_lock_configuration", "changeable_for_days"),
        ("aws_db_instance", "delete_automated_backups"),
        ("aws_dynamodb_table", "point_in_time_recovery"),
        ("aws_cloudwatch_metric_alarm", "treat_missing_data"),
    ],
)
def test_the_best_known_guards_are_guarded(type_, attribute):
    assert any(attribute in rule.path.names for rule in attribute_rules()[type_])
