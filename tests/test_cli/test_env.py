"""`holdfast env`: what it prints, as text and as JSON, and its exit codes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from holdfast.cli.main import run
from holdfast.clock import SystemClock
from holdfast.environments.inheritance import MERGE_RULES

SHIPPED = Path(__file__).parents[2] / "environments"
PAGE = SHIPPED.parent / "docs" / "environments.md"


@pytest.fixture(autouse=True)
def shipped_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(SHIPPED))
    monkeypatch.setattr(SystemClock, "now", lambda _self: datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def env(capsys: pytest.CaptureFixture[str]):
    def call(*arguments: str):
        code = run(["env", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def extending(folder: Path, text: str) -> list[str]:
    for path in SHIPPED.glob("*.yaml"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "mine.yaml").write_text(f"extends: sandbox\nenvironment: mine\n{text}", encoding="utf-8")
    return ["--environments", str(folder)]


DATASETS = ["project", "configuration", "accounts", "billing", "disks", "exports", "ledger"]


def test_list_names_every_environment_with_what_it_extends(env):
    code, out, err = env("list")

    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines()]
    assert [row[0] for row in rows[1:]] == ["base", "dev", "prod", "sandbox", "service-tiers", "staging"]
    assert rows[4][:6] == ["sandbox", "base", "us-east-1", "→", "us-west-2", "yes"]
    assert "".join(rows[4][6:]).split(",") == DATASETS


def test_list_as_json(env):
    code, out, _ = env("list", "--json")

    document = json.loads(out)
    assert (code, document["schema"]) == (0, "holdfast.env-list/1")
    sandbox = next(each for each in document["environments"] if each["name"] == "sandbox")
    assert sandbox["datasets"] == DATASETS
    assert sandbox["sandbox"] is True
    assert sandbox["problem"] is None


def test_list_shows_a_file_that_cannot_be_used_with_the_reason(env, tmp_path):
    code, out, _ = env("list", *extending(tmp_path, "lokc: {}\n"))

    assert code == 0
    assert "mine.yaml:3: lokc: there is no such setting" in out
    assert "prod" in out


def test_a_folder_without_environments_is_an_error(env, tmp_path):
    code, out, err = env("list", "--environments", str(tmp_path))

    assert (code, out) == (1, "")
    assert "there are no environment files" in err


def test_show_is_yaml_that_loads_as_the_same_environment(env, tmp_path):
    _, first, _ = env("show", "prod")
    (tmp_path / "prod.yaml").write_text(first, encoding="utf-8")

    code, again, _ = env("show", "prod", "--environments", str(tmp_path))

    assert code == 0
    assert again == first
    assert YAML(typ="safe").load(first)["lock"]["minimum"] == "30d"


def test_show_with_provenance_names_file_and_line_of_every_value(env):
    code, out, _ = env("show", "prod", "--provenance")

    assert code == 0
    origin = {line.split()[0]: line.split()[-1] for line in out.splitlines()}
    assert origin["lock.minimum"].startswith(f"{SHIPPED / 'prod.yaml'}:")
    assert origin["lock.mode"].startswith(f"{SHIPPED / 'base.yaml'}:")
    assert origin["tiers.critical.rules.hourly.schedule"].startswith(f"{SHIPPED / 'service-tiers.yaml'}:")
    assert origin["lock.changeable_for"] == "default"


def test_show_as_json(env):
    code, out, _ = env("show", "prod", "--provenance", "--json")

    document = json.loads(out)
    assert (code, document["schema"]) == (0, "holdfast.env-show/1")
    assert [Path(each).name for each in document["files"]] == ["prod.yaml", "service-tiers.yaml", "base.yaml"]
    assert document["environment"]["regions"]["primary"] == "us-east-1"
    assert document["provenance"]["lock.minimum"]["value"] == "30d"
    assert document["provenance"]["lock.changeable_for"]["line"] is None


def test_the_rules_of_merging_are_printed_where_users_look(env):
    code, out, _ = env("show", "--help")

    assert code == 0
    shown, page = " ".join(out.split()), PAGE.read_text(encoding="utf-8")
    for number, rule in enumerate(MERGE_RULES, 1):
        assert f"{number}. {rule}" in shown
        assert f"{number}. {rule}" in page


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "nowhere"), "there are: base, dev, prod"),
        (("show", "../x"), "is not the name of an environment"),
        (("show", "base"), "only there to be extended"),
        (("diff", "prod", "nowhere"), "there are: base, dev, prod"),
        (("validate", "nowhere"), "there are: base, dev, prod"),
        (("validate", "prod", "../x"), "is not the name of an environment"),
        (("show",), "Missing argument"),
    ],
)
def test_an_environment_that_is_not_there_is_one_clear_error(env, arguments, says):
    code, out, err = env(*arguments)

    assert (code, out) == (1, "")
    assert says in err
    assert "Traceback" not in err


def test_diff_names_each_value_with_both_origins(env):
    code, out, err = env("diff", "staging", "prod")

    assert code == 0
    lines = out.splitlines()
    place = lines.index("lock.minimum")
    assert lines[place + 1].split()[:3] == ["-", "staging", "7d"]
    assert lines[place + 2].split()[:3] == ["+", "prod", "30d"]
    assert lines[place + 2].split()[-1].startswith(f"{SHIPPED / 'prod.yaml'}:")
    assert "values differ" in err


def test_diff_as_json(env):
    code, out, err = env("diff", "staging", "prod", "--json")

    document = json.loads(out)
    assert (code, document["schema"], err) == (0, "holdfast.env-diff/1", "")
    found = {each["path"]: each for each in document["differences"]}
    assert (found["lock.minimum"]["left"]["value"], found["lock.minimum"]["right"]["value"]) == ("7d", "30d")
    assert found["datasets.ledger.kind"]["left"] is None


def test_validate_looks_at_every_file_when_none_is_named(env, tmp_path):
    code, out, _ = env("validate", *extending(tmp_path, ""))

    assert code == 0
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [
        "base: valid, only extended",
        "dev: valid",
        "mine: valid",
        "prod: valid",
        "sandbox: valid",
        "service-tiers: valid, only extended",
        "staging: valid",
    ]


def test_validate_tells_everything_that_is_wrong_and_exits_with_2(env, tmp_path):
    code, out, _ = env("validate", "mine", "prod", *extending(tmp_path, "lokc: {}\nsandbox: 1\n"))

    assert code == 2
    assert f"mine: error: {tmp_path / 'mine.yaml'}:3: lokc: there is no such setting" in out
    assert f"also {tmp_path / 'mine.yaml'}:4: sandbox: is not true or false" in out
    assert "hint: did you mean lock?" in out
    assert "prod: valid" in out


@pytest.mark.parametrize("name", ["Mine.yaml", "my_env.yaml", "mine.yml", "x.yaml"])
def test_a_file_that_no_name_leads_to_is_not_passed_over_in_silence(env, tmp_path, name):
    options = extending(tmp_path, "")
    (tmp_path / name).write_text("environment: mine\n", encoding="utf-8")

    code, out, _ = env("validate", *options)
    _, listed, _ = env("list", *options)

    assert code == 2
    assert f"{name}: error: {tmp_path / name}: this file is never read" in out
    assert f"{tmp_path / name}: this file is never read" in listed


def test_validate_as_json(env, tmp_path):
    text = "exclusions: [{dataset: cache, reason: derived from orders, until: 2020-01-31}]\n"
    code, out, _ = env("validate", "mine", "--json", *extending(tmp_path, text))

    document = json.loads(out)
    assert (code, document["schema"], document["valid"]) == (2, "holdfast.env-validate/1", False)
    (mine,) = document["environments"]
    assert mine["error"]["problems"][0]["field"] == "exclusions.cache.until"
    assert mine["error"]["line"] == 3


def test_validate_prints_warnings_and_exits_with_0(env, tmp_path):
    code, out, _ = env("validate", "mine", *extending(tmp_path, "sandbox: false\n"))

    assert code == 0
    assert "warning: " in out
    assert "accounts.backup: is the workload's account" in out


def test_schema_is_what_the_documentation_has(env):
    code, out, _ = env("schema")

    assert code == 0
    assert out == (PAGE.parent / "schemas/environment.schema.json").read_text(encoding="utf-8")


def test_schema_as_json_is_one_document(env):
    code, out, _ = env("schema", "--json")

    document = json.loads(out)
    assert (code, document["schema"]) == (0, "holdfast.env-schema/1")
    jsonschema.Draft202012Validator.check_schema(document["json_schema"])
