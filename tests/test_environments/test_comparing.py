"""Two environments side by side, and one written back as YAML."""

from __future__ import annotations

import pytest

from holdfast.environments.comparing import differences
from holdfast.environments.loading import load_environment
from holdfast.environments.provenance import leaves
from holdfast.environments.rendering import as_yaml


def compared(folder, deviation):
    left, right = folder.load("whole"), folder.load_with(deviation)
    return {each.path: each for each in differences(left, right) if each.path != "environment"}


def test_an_environment_does_not_differ_from_itself(folder):
    assert differences(folder.load("whole"), folder.load("whole")) == []


def test_a_value_that_differs_names_both_origins(folder):
    (found,) = compared(folder, "lock: {minimum: 14d}\n").values()

    assert (found.path, found.left.value, found.right.value) == ("lock.minimum", "7d", "14d")
    assert (found.left.source.path.name, found.left.source.line) == ("whole.yaml", 8)
    assert (found.right.source.path.name, found.right.source.line) == ("prod.yaml", 3)


def test_the_same_length_of_time_written_differently_is_no_difference(folder):
    assert compared(folder, "lock: {minimum: 168h}\n") == {}


def test_a_default_is_compared_too(folder):
    (found,) = compared(folder, "keys: {rotation: 120d}\n").values()

    assert found.left.origin == "default"
    assert found.document()["left"] == {"value": "90d", "file": None, "line": None}


def test_items_are_compared_by_name_not_by_place(folder):
    found = compared(folder, "datasets: [{name: orders, remove: true}]\n")

    assert found
    assert all(path.startswith("datasets.orders.") for path in found)
    assert all(each.right is None for each in found.values())


def test_an_empty_list_is_not_listed_beside_what_the_other_side_has_in_it(folder):
    found = compared(folder, "exclusions: null\n")

    assert sorted(found) == [f"exclusions.search-index.{key}" for key in ("dataset", "reason", "until")]


@pytest.mark.parametrize("name", ["dev", "prod", "sandbox", "staging"])
def test_an_environment_written_back_is_the_same_environment(shipped, tmp_path, name):
    loaded = load_environment(name, shipped)
    (tmp_path / f"{name}.yaml").write_text(as_yaml(loaded.environment), encoding="utf-8")

    assert load_environment(name, tmp_path).environment == loaded.environment


@pytest.mark.parametrize("name", ["dev", "prod", "sandbox", "staging"])
def test_every_value_has_an_origin_that_really_says_so(shipped, name):
    loaded = load_environment(name, shipped)
    found = leaves(loaded.environment.document(), loaded.provenance)

    assert len(found) == len({leaf.path for leaf in found})
    for leaf in found:
        if leaf.source is not None:
            line = leaf.source.path.read_text(encoding="utf-8").splitlines()[leaf.source.line - 1]
            key = leaf.path.rpartition(".")[2]
            said = str(leaf.value) in line if key.isdigit() else f"{key}:" in line or f'"{key}":' in line
            assert said, f"{leaf.path} is not on {leaf.source}: {line}"
