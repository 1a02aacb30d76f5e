"""The rules in `MERGE_RULES`, one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest


def rules_of(loaded, tier="critical"):
    return {rule.name: rule for rule in loaded.environment.tiers[tier].rules}


def test_mappings_merge_key_by_key(folder):
    loaded = folder.load_with("tiers: {critical: {rpo: {corruption: 10m}}}\n")

    rpo = loaded.environment.tiers["critical"].rpo
    assert rpo == {"corruption": timedelta(minutes=10), "region_loss": timedelta(hours=6)}


def test_an_item_of_the_same_name_merges_into_the_inherited_one_and_keeps_its_place(folder):
    loaded = folder.load_with("tiers: {critical: {rules: [{name: continuous, delete_after: 20d}]}}\n")

    rules = rules_of(loaded)
    assert list(rules) == ["continuous", "daily"]
    assert rules["continuous"].continuous
    assert rules["continuous"].delete_after == timedelta(days=20)


def test_an_item_of_a_new_name_goes_to_the_end(folder):
    loaded = folder.load_with("datasets: [{name: invoices, kind: s3, tier: critical}]\n")

    assert [dataset.name for dataset in loaded.environment.datasets] == ["orders", "exports", "invoices"]


def test_exclusions_merge_by_what_is_excluded(folder):
    loaded = folder.load_with("exclusions: [{dataset: search-index, until: 2027-06-30}]\n")

    (exclusion,) = loaded.environment.exclusions
    assert str(exclusion.until) == "2027-06-30"
    assert exclusion.reason == "derived from orders"


def test_any_other_list_replaces_what_was_inherited(folder):
    a, b, c = (f"arn:aws:rds:us-east-1:111111111111:db:{name}" for name in "abc")
    orders = "datasets: [{name: orders, select: {arns: [%s]}}]\n"
    folder.write(
        "parent",
        "abstract: true\nextends: whole\nenvironment: parent\n" + orders % f"{a}, {b}",
    )
    folder.write("prod", "extends: parent\nenvironment: prod\n" + orders % c)

    assert folder.load("prod").environment.dataset("orders").select.arns == (c,)


def test_null_takes_an_inherited_key_away(folder):
    loaded = folder.load_with("state: null\ntiers: {critical: {rules: [{name: daily, copy: null}], rto: null}}\n")

    assert loaded.environment.state is None
    assert rules_of(loaded)["daily"].copy_to_recovery is None
    assert loaded.environment.tiers["critical"].rto == {}
    assert "state" not in loaded.provenance


def test_what_null_took_away_can_be_written_again_further_down(folder):
    folder.write("parent", "abstract: true\nextends: whole\nenvironment: parent\nstate: null\n")
    folder.write("prod", "extends: parent\nenvironment: prod\nstate: {bucket: acme-other, region: eu-west-1}\n")

    assert folder.load("prod").environment.state.bucket == "acme-other"


def test_taking_away_what_is_needed_is_refused_where_it_was_taken_away(folder):
    error = folder.refused("tags: {}\naccounts: null\n")

    assert "prod.yaml:4: accounts: is missing" in error.message


def test_remove_takes_an_inherited_item_away(folder):
    loaded = folder.load_with(
        "datasets: [{name: exports, remove: true}]\nexclusions: [{dataset: search-index, remove: true}]\n"
        "tiers: {critical: {rules: [{name: continuous, remove: true}]}}\n"
    )

    assert [dataset.name for dataset in loaded.environment.datasets] == ["orders"]
    assert loaded.environment.exclusions == ()
    assert list(rules_of(loaded)) == ["daily"]


def test_removing_what_is_not_inherited_is_refused(folder):
    error = folder.refused("datasets:\n  - {name: exprots, remove: true}\n")

    assert "prod.yaml:4: datasets.exprots: there is no inherited item of this name to remove" in error.message


def test_what_is_removed_has_nothing_else_to_say(folder):
    error = folder.refused("datasets:\n  - {name: exports, remove: true, kind: s3}\n")

    assert "prod.yaml:4: datasets.exports: what is removed has nothing else to say" in error.message


@pytest.mark.parametrize("remove", ["true", "false"])
def test_remove_in_a_file_that_inherits_nothing_is_refused(folder, remove):
    text = (folder.path / "whole.yaml").read_text().replace("{name: exports,", f"{{name: exports, remove: {remove},")
    folder.write("whole", text)

    error = folder.refused("tags: {}\n")

    assert "datasets.exports.remove: there is no such setting" in error.message
    assert "only what is inherited can be removed" in error.hint


def test_removing_the_last_one_is_refused(folder):
    error = folder.refused("datasets: [{name: orders, remove: true}, {name: exports, remove: true}]\n")

    assert "prod.yaml:3: datasets: is empty" in error.message


def test_what_speaks_of_its_own_file_is_not_inherited(folder):
    folder.write("whole", (folder.path / "whole.yaml").read_text() + "description: the whole\n")

    assert folder.load_with("tags: {}\n").environment.description == ""


def test_a_value_of_another_kind_replaces_and_is_then_refused_where_it_was_written(folder):
    error = folder.refused("lock: COMPLIANCE\ndatasets: none\n")

    assert [problem.field for problem in error.problems] == ["lock", "datasets"]
    assert [problem.source.line for problem in error.problems] == [3, 4]
