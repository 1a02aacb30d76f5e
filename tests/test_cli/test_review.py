"""`holdfast review`: what is printed where, the exit code, and one clear error for everything else."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from holdfast.cli.main import run

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "test_review" / "corpus"
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "review.schema.json").read_text())
FORMATS = ("markdown", "json", "sarif", "junit", "github", "html")


@pytest.fixture(scope="module")
def corpus():
    return {name: json.loads((CORPUS / f"{name}.json").read_text()) for name in ("kms", "s3", "scenarios")}


@pytest.fixture
def plan_file(corpus, tmp_path):
    """Write a plan of one corpus entry and return its path."""

    def write(key, name="primary", service="s3", **more):
        entry = copy.deepcopy(corpus[service][key])
        document = {"format_version": "1.2", "planned_values": {}, "resource_changes": [entry["change"]], **more}
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document))
        return str(path)

    return write


@pytest.fixture
def review(capsys, tmp_path, monkeypatch):
    """Run the command; return exit code, stdout and stderr."""
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        code = run(["review", *arguments])
        return code, *capsys.readouterr()

    return call


def test_a_weakening_fails_with_two(review, plan_file):
    code, out, err = review(plan_file("s3-versioning-suspended__flagged"))

    assert code == 2
    assert "Versioning is suspended" in out
    assert err == ""


def test_a_harmless_plan_passes(review, plan_file):
    code, out, _ = review(plan_file("s3-versioning-suspended__near"))

    assert code == 0
    assert "nothing at or over the threshold" in out


@pytest.mark.parametrize("more", [{"errored": True}, {"complete": False}, {"deferred_changes": [{}]}])
def test_a_partial_plan_fails_with_three(more, review, plan_file):
    code, out, _ = review(plan_file("s3-versioning-suspended__near", **more))

    assert code == 3
    assert "partial" in out


@pytest.mark.parametrize(("threshold", "code"), [("block", 0), ("high", 0), ("warn", 2), ("info", 2)])
def test_the_threshold_decides(threshold, code, review, plan_file):
    path = plan_file("s3-logging-target-changed__flagged")

    assert review(path, "--fail-on", threshold)[0] == code


@pytest.mark.parametrize("format_", FORMATS)
def test_each_format_is_the_data_on_stdout(format_, review, plan_file):
    code, out, err = review(plan_file("s3-versioning-suspended__flagged"), "--format", format_)

    assert code == 2
    assert "s3-versioning-suspended" in out
    assert err == ""


def test_json_is_one_document_that_keeps_its_schema(review, plan_file):
    code, out, _ = review(plan_file("s3-versioning-suspended__flagged"), "--json")

    document = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    assert (code, document["exit_code"], document["verdict"]) == (2, 2, "findings")
    assert document["stacks"][0]["plan"] == "primary.json"


def test_several_plans_are_one_review(review, plan_file):
    one = plan_file("s3-versioning-suspended__flagged", name="primary")
    two = plan_file("kms-rotation-off__flagged", name="recovery", service="kms")
    _, out, _ = review(one, two, "--json")

    assert [stack["name"] for stack in json.loads(out)["stacks"]] == ["primary", "recovery"]
    assert {finding["stack"] for finding in json.loads(out)["findings"]} == {"primary", "recovery"}


def test_output_goes_to_a_file(review, plan_file, tmp_path):
    path = plan_file("s3-versioning-suspended__flagged")
    code, out, _ = review(path, "--format", "html", "--output", str(tmp_path / "review.html"))

    assert (code, out) == (2, "")
    assert (tmp_path / "review.html").read_text().startswith("<!doctype html>")


def test_accepted_findings_pass(review, plan_file, tmp_path):
    (tmp_path / "accepted.yaml").write_text(
        "suppressions:\n  - {rule: s3-versioning-suspended, address: '*flagged', reason: x, approver: y, "
        "expires: 2199-01-01}\n"
    )
    path = plan_file("s3-versioning-suspended__flagged")
    code, out, _ = review(path, "--suppressions", str(tmp_path / "accepted.yaml"))

    assert code == 0
    assert "1 suppressed" in out


def test_base_and_head_are_compared(review, plan_file, tmp_path):
    for side, guard in (("base", True), ("head", False)):
        folder = tmp_path / side / "stacks" / "primary"
        folder.mkdir(parents=True)
        bucket = {"bucket": "b", "lifecycle": {"prevent_destroy": guard}}
        (folder / "cdk.tf.json").write_text(json.dumps({"resource": {"aws_s3_bucket": {"b": bucket}}}))
    sides = ("--base", str(tmp_path / "base"), "--head", str(tmp_path / "head"))
    code, out, _ = review(plan_file("s3-versioning-suspended__near"), *sides, "--json")

    assert code == 2
    assert "stack-prevent-destroy-dropped" in {finding["rule"] for finding in json.loads(out)["findings"]}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format_version": "2.0"}', b"PK\x03\x04", b'{"a":' * 9999, b'{"a":1,"a":2}']
)
def test_what_is_no_plan_is_one_error_and_never_a_review(content, review, tmp_path):
    (tmp_path / "bad.json").write_bytes(content)
    code, out, err = review(str(tmp_path / "bad.json"))

    assert code == 1
    assert out == ""
    assert err.startswith("error: ")
    assert "bad.json" in err
    assert "Traceback" not in err


def test_one_bad_plan_among_good_ones_fails_the_whole(review, plan_file, tmp_path):
    (tmp_path / "bad.json").write_text("{}")

    assert review(plan_file("s3-versioning-suspended__near"), str(tmp_path / "bad.json"))[0] == 1


def test_an_error_is_one_document_too(review, tmp_path):
    code, out, _ = review(str(tmp_path / "missing.json"), "--json")

    assert code == 1
    assert json.loads(out)["error"] == "plan-not-found"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["PLAN", "--format", "pdf"],
        ["PLAN", "--fail-on", "sometimes"],
        ["PLAN", "--base", "."],
        ["PLAN", "--base", "missing", "--head", "missing"],
        ["PLAN", "--json", "--format", "sarif"],
        ["PLAN", "--max-bytes", "0"],
        ["PLAN", "--max-bytes", "50"],
        ["PLAN", "--output", "missing/folder/file"],
        ["PLAN", "--suppressions", "missing.yaml"],
        ["PLAN", "--base", ".", "--head", "."],
        ["PLAN", "--every-format", "out", "--format", "json"],
        ["PLAN", "--every-format", "out", "--output", "x"],
        ["PLAN", "--every-format", "out", "--json"],
        ["PLAN", "--every-format", "/proc/nowhere/out"],
        ["--head", "."],
    ],
)
def test_a_mistake_on_the_command_line_is_exit_code_one(arguments, review, plan_file):
    path = plan_file("s3-versioning-suspended__near")
    code, out, err = review(*(path if argument == "PLAN" else argument for argument in arguments))

    assert code == 1
    assert out == "" or ("--json" in arguments and json.loads(out)["error"] == "wrong-usage")
    assert err
    assert "Traceback" not in err


def test_a_folder_that_cannot_be_made_leaves_none_of_those_above_it(review, plan_file, tmp_path):
    path, before = plan_file("s3-versioning-suspended__flagged"), sorted(tmp_path.rglob("*"))

    code, _, err = review(path, "--every-format", f"new/{'x' * 300}")

    assert (code, "Traceback" in err) == (1, False)
    assert sorted(tmp_path.rglob("*")) == before


def test_every_format_goes_into_a_folder_and_nothing_to_stdout(review, plan_file, tmp_path):
    path = plan_file("s3-versioning-suspended__flagged")
    code, out, err = review(path, "--every-format", "out", "--title", "Prod (EU)")

    assert (code, out, err) == (2, "", "")
    assert len(list((tmp_path / "out").iterdir())) == len(FORMATS)
    first, heading, *_ = (tmp_path / "out" / "review.md").read_text().splitlines()
    assert first == "<!-- holdfast-review: prod--eu- -->"
    assert heading.startswith("## Holdfast review of `Prod (EU)`: ")
    assert json.loads((tmp_path / "out" / "review.json").read_text()) == json.loads(review(path, "--json")[1])


def test_stacks_and_proofs_are_compared_without_any_plan(review, tmp_path):
    for side, days, bound in (("base", 35, 300), ("head", 30, 600)):
        folder = tmp_path / side / "stacks" / "prod"
        folder.mkdir(parents=True)
        rule = {
            "rule_name": "daily",
            "lifecycle": {"delete_after": days},
            "copy_action": [{"destination_vault_arn": "x"}],
        }
        stack = {"resource": {"aws_backup_plan": {"p": {"name": "p", "rule": [rule]}}}}
        (folder / "cdk.tf.json").write_text(json.dumps(stack))
        proof = {"id": "rpo.a.corruption", "subject": "a", "scenario": "corruption", "verdict": "proved",
                 "bound_seconds": bound, "limit_seconds": 900, "witness": None, "because": "so"}  # fmt: skip
        document = {"schema": "holdfast.prove/1", "verdict": "proved", "proofs": [proof]}
        (tmp_path / side / "proofs.json").write_text(json.dumps(document))
    code, out, _ = review("--base", "base", "--head", "head", "--json")

    document = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    assert code == 2
    assert [(f["rule"], f["origin"]) for f in document["findings"]] == [
        ("backup-retention", "stacks"),
        ("proof-bound-worse", "proofs"),
    ]
    assert document["stacks"][0]["against"] == "base"


def test_a_secret_in_a_plan_stays_there(review, plan_file):
    path = plan_file("s3-versioning-suspended__flagged", variables={"v": {"value": "canary-4711"}})
    for format_ in FORMATS:
        assert "canary-4711" not in "".join(map(str, review(path, "--format", format_)))


def test_help_shows_an_example_and_imports_little(review):
    program = "import sys; from holdfast.cli.main import run; run(['review', '--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "Example:" in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"cdktn", "boto3", "moto", "pydantic", "jsii", "ruamel.yaml", "holdfast.review.rules"}


def test_a_review_needs_neither_cdktn_nor_boto3_nor_pydantic(plan_file):
    path = plan_file("s3-versioning-suspended__flagged")
    program = f"import sys; from holdfast.cli.main import run; run(['review', {path!r}]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not set(done.stdout.splitlines()[-1].split()) & {"cdktn", "boto3", "moto", "pydantic", "jsii"}
