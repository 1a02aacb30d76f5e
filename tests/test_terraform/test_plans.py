"""Reading plan JSON: actions in Terraform's own words, and nothing that is no plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holdfast.terraform.errors import PlanNotReadable
from holdfast.terraform.plans import read_plan


def change(address: str, *actions: str, mode: str = "managed", **more: object) -> dict[str, object]:
    return {
        "address": address,
        "mode": mode,
        "type": address.split(".")[0],
        "change": {"actions": list(actions), **more},
    }


def plan(folder: Path, *changes: dict[str, object], **more: object) -> Path:
    path = folder / "plan.json"
    path.write_text(json.dumps({"format_version": "1.2", "resource_changes": list(changes), **more}))
    return path


def test_each_action_is_counted_and_reads_and_no_ops_are_not(tmp_path: Path) -> None:
    path = plan(
        tmp_path,
        change("a.create", "create"),
        change("a.update", "update"),
        change("a.delete", "delete"),
        change("a.replace1", "delete", "create"),
        change("a.replace2", "create", "delete"),
        change("a.forget", "forget"),
        change("a.same", "no-op"),
        change("a.imported", "no-op", importing={"id": "x"}),
        change("data.read", "read", mode="data"),
    )

    summary = read_plan("dev-a", path, {})

    assert summary.counts == {"create": 1, "update": 1, "delete": 1, "replace": 2, "forget": 1, "import": 1}
    assert str(summary) == "1 to create, 1 to delete, 1 to forget, 1 to import, 2 to replace, 1 to update"


def test_an_instance_is_found_under_the_construct_that_declares_it(tmp_path: Path) -> None:
    path = plan(tmp_path, change('aws_sns_topic.t["a.b"]', "create"))

    assert read_plan("dev-a", path, {"aws_sns_topic.t": "s/T"}).changes[0].construct_path == "s/T"


def test_a_plan_without_changes_says_so(tmp_path: Path) -> None:
    assert str(read_plan("dev-a", plan(tmp_path), {})) == "no changes"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format_version": "2.0"}',
        '{"format_version": "1.2", "errored": true}',
        '{"format_version": "1.2", "resource_changes": [{}]}',
        '{"format_version": "1.2", "resource_changes": 7}',
    ],
)
def test_what_is_no_plan_is_one_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(content)

    with pytest.raises(PlanNotReadable, match=str(path)):
        read_plan("dev-a", path, {})


def test_a_plan_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(PlanNotReadable):
        read_plan("dev-a", tmp_path / "gone.json", {})
