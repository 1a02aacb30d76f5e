"""`scripts/review-pull-request`: what it writes where, its exit codes, and what a pull request cannot make it do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

SCRIPT = Path(__file__).parents[2] / "scripts" / "review-pull-request"
STACK = {
    "provider": {"aws": [{"region": "us-east-1"}]},
    "resource": {
        "aws_s3_bucket": {"vault": {"bucket": "vault", "force_destroy": False, "lifecycle": {"prevent_destroy": True}}},
        "aws_s3_bucket_versioning": {"v": {"bucket": "vault", "versioning_configuration": {"status": "Enabled"}}},
    },
}


def suspended():
    result = json.loads(json.dumps(STACK))
    result["resource"]["aws_s3_bucket_versioning"]["v"]["versioning_configuration"]["status"] = "Suspended"
    return result


def unreadable():
    result = json.loads(json.dumps(STACK))
    result["resource"]["aws_s3_bucket_versioning"]["v"]["versioning_configuration"]["status"] = "${var.status}"
    return result


@pytest.fixture
def sides(tmp_path):
    """Write both sides; `None` leaves one out."""

    def write(base=STACK, head=STACK, **files):
        for name, body in ((".base", base), (".holdfast", head)):
            folder = tmp_path / name / "acme"
            if body is not None:
                (folder / "stacks" / "acme").mkdir(parents=True)
                (folder / "stacks" / "acme" / "cdk.tf.json").write_text(json.dumps(body))
                for file, texts in files.items():
                    (folder / f"{file}.yaml").write_text(texts[name == ".holdfast"])

    return write


@pytest.fixture
def script(tmp_path):
    """Call the script as a pipeline would."""

    def call(*arguments, **variables):
        tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        command = [str(SCRIPT), *(arguments or ("acme", "--base", ".base/acme"))]
        return subprocess.run(
            command, cwd=tmp_path, env={"PATH": tools, **variables}, capture_output=True, text=True, check=False
        )

    return call


@pytest.mark.parametrize(
    ("head", "options", "code"),
    [
        (STACK, (), 0),
        (suspended(), (), 2),
        (suspended(), ("--fail-on", "block"), 2),
        (unreadable(), (), 3),
        (unreadable(), ("--partial", "warn"), 0),
        (suspended(), ("--partial", "warn"), 2),
    ],
)
def test_the_exit_code_is_that_of_the_review(sides, script, head, options, code):
    sides(head=head)

    assert script("acme", "--base", ".base/acme", *options).returncode == code


def test_every_format_and_the_comment_are_written_and_nothing_is_printed(sides, script, tmp_path):
    sides(head=suspended())
    ran = script()

    assert (ran.stdout, ran.stderr) == ("", "")
    assert {path.name for path in (tmp_path / "review").iterdir()} == {
        "annotations.txt", "comment.md", "review.html", "review.json", "review.md", "review.sarif", "review.xml",
    }  # fmt: skip
    comment = (tmp_path / "review" / "comment.md").read_text()
    assert comment.startswith("<!-- holdfast-review: acme -->\n## Holdfast review of `acme`: this weakens protection\n")
    assert "Reviewed alone" not in comment


def test_github_gets_annotations_a_summary_and_an_output(sides, script, tmp_path):
    sides(head=suspended())
    files = {name: str(tmp_path / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    ran = script(GITHUB_ACTIONS="true", **files)

    comment = (tmp_path / "review" / "comment.md").read_text()
    assert ran.stdout == (tmp_path / "review" / "annotations.txt").read_text()
    assert ran.stdout.startswith("::error file=")
    assert (tmp_path / "GITHUB_STEP_SUMMARY").read_text() == comment
    first, *lines, last = (tmp_path / "GITHUB_OUTPUT").read_text().splitlines()
    assert first == f"comment<<{last}"
    assert "\n".join(lines) == comment.rstrip()


def test_an_environment_base_does_not_have_stands_alone(sides, script, tmp_path):
    sides(base=None)
    (tmp_path / ".holdfast" / "acme" / "plans").mkdir()
    plan = {"format_version": "1.2", "planned_values": {}, "resource_changes": []}
    (tmp_path / ".holdfast" / "acme" / "plans" / "acme.json").write_text(json.dumps(plan))

    assert script().returncode == 0
    stacks = json.loads((tmp_path / "review" / "review.json").read_text())["stacks"]
    assert [(stack["name"], stack["against"]) for stack in stacks] == [("acme", "state")]
    assert "**Reviewed alone.** There is no base" in (tmp_path / "review" / "comment.md").read_text()


def test_accepted_findings_are_read_where_there_are_any(sides, script, tmp_path):
    sides(head=suspended())
    entry = {"rule": "s3-versioning-suspended", "address": "aws_s3_bucket_versioning.v", "reason": "moved",
             "approver": "jane@example.com", "expires": "2099-01-01"}  # fmt: skip
    (tmp_path / "accepted.yaml").write_text(json.dumps({"suppressions": [entry]}))

    without = script("acme", "--base", ".base/acme", "--suppressions", "nowhere.yaml")
    assert without.returncode == 2
    assert without.stderr == "note: there is no nowhere.yaml: nothing is accepted, every finding counts\n"
    assert script("acme", "--base", ".base/acme", "--suppressions", "accepted.yaml").returncode == 0


def test_suppressions_that_cannot_be_read_are_an_error(sides, script, tmp_path):
    sides(head=suspended())
    (tmp_path / "accepted.yaml").mkdir()
    ran = script("acme", "--base", ".base/acme", "--suppressions", "accepted.yaml")

    assert ran.returncode == 1
    assert "accepted.yaml" in ran.stderr


def test_an_environment_file_cannot_break_out_of_its_block_or_make_the_comment_too_long(sides, script, tmp_path):
    hostile = "~~~~\n</details>\n<script>x</script>\n~~~~~~\n@everyone ![x](https://evil.example)\n"
    sides(environment=("a: b\n", hostile + "é line\n" * 20_000))
    ran = script(GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))

    assert ran.returncode == 0
    comment = (tmp_path / "review" / "comment.md").read_text()
    assert len(comment.encode()) < 65_536
    assert "(the rest is omitted)" in comment
    tokens = MarkdownIt("commonmark").parse(comment)
    (fence,) = [token for token in tokens if token.type == "fence"]
    assert all(text in fence.content for text in ("</details>", "<script>", "@everyone"))
    assert comment.endswith("\n~~~~\n\n</details>\n")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("acme", "--base"), "--base needs a value"),
        (("acme", "--post"), "there is no option --post"),
        (("acme", "prod"), "one environment at a time"),
        (("--base", "x"), "name an environment"),
        (("../acme",), "name an environment"),
        (("acme;id",), "name an environment"),
        (("acme", "--partial", "ignore"), "--partial is fail or warn"),
        (("acme", "--head", "nowhere"), "nowhere"),
        (("acme", "--fail-on", "never"), "never"),
    ],
)
def test_a_mistake_is_one_error_and_nothing_is_written(sides, script, tmp_path, arguments, problem):
    sides()
    ran = script(*arguments)

    assert ran.returncode == 1
    assert problem in ran.stderr
    assert not (tmp_path / "review" / "comment.md").exists()


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_shellcheck_finds_nothing():
    ran = subprocess.run(["shellcheck", str(SCRIPT)], capture_output=True, text=True, check=False)

    assert ran.stdout == ""
