"""A pull request that keeps backups for less and makes them less often: the pipeline's own commands, and what they say.

The environment comes from a template, its GitHub workflow is parsed, and the job that reviews is run line by line: both
sides are synthesized and proved, head is planned by the real Terraform with the real AWS provider, without an account.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pipeline_ground import gitlab, workflow, write_tool
from ruamel.yaml import YAML
from template_ground import Repository

ROOT = Path(__file__).parents[3]
EDITS = {"delete_after: 35d": "delete_after: 30d", "cron(0 2,14 * * ? *)": "cron(0 2,15 * * ? *)"}
SKIPPED = ("Set up Holdfast",)


@dataclass(frozen=True)
class Job:
    """What is there after the job ran."""

    checkout: Path
    ran: list[str]
    code: int
    log: str

    def read(self, path: str) -> str:
        return (self.checkout / path).read_text(encoding="utf-8")


def checkout(folder: Path) -> Path:
    """The parts of a checkout the job uses, with this project's own programs."""
    (folder / "scripts").mkdir(parents=True)
    shutil.copy2(ROOT / "scripts" / "review-pull-request", folder / "scripts")
    write_tool(folder / "scripts", "setup", "#!/bin/sh\n")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "holdfast").symlink_to(Path(sys.executable).with_name("holdfast"))
    return folder


@pytest.fixture(scope="module")
def job(tmp_path_factory) -> Job:
    """The job after it ran; where tests run in several processes, the first that asks runs it for all."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder, record = shared / "pull-request", shared / "pull-request.json"
    with (shared / "pull-request.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = run_job(folder)
            record.write_text(json.dumps({"ran": done.ran, "code": done.code, "log": done.log}))
    return Job(folder, **json.loads(record.read_text()))


def run_job(folder: Path) -> Job:
    """Run the job `review` of the workflow of a pull request."""
    head = checkout(folder)
    base = checkout(head / ".base")
    for folder in (head, base):
        (folder / "environments").mkdir()
        Repository(folder).make("acme", "starter", pipelines="github")
    file = head / "environments" / "acme.yaml"
    text = file.read_text()
    for old, new in EDITS.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    steps = workflow(Repository(head), "review")["jobs"]["review"]
    lines = [(step["name"], step["run"]) for step in steps["steps"] if "run" in step and step["name"] not in SKIPPED]
    variables = {
        "PATH": f"{head}/.venv/bin:{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(head / "output"),
        "GITHUB_STEP_SUMMARY": str(head / "summary"),
        **steps["env"],
    }
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "HOLDFAST_PROVIDER_MIRROR") if name in os.environ}
    log, code = "", 0
    for name, script in lines:
        ran = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=head, env=kept | variables,
                             capture_output=True, text=True, check=False)  # fmt: skip
        log, code = ran.stdout, ran.returncode
        assert code == 0 or name == "Review", f"{name}: {ran.stderr}"
    return Job(head, [name for name, _ in lines], code, log)


@pytest.fixture(scope="module")
def document(job) -> dict[str, Any]:
    """The review as JSON."""
    found: dict[str, Any] = json.loads(job.read("review/review.json"))
    return found


pytestmark = pytest.mark.terraform


def test_the_job_does_what_it_says_and_fails(job):
    assert job.ran == [
        "Validate",
        "Prove",
        "Plan",
        "Write down what it promises",
        "Synthesize what it would be merged into",
        "Review",
    ]
    assert job.code == 2


def test_the_findings_say_what_it_costs(document):
    plans = [f for f in document["findings"] if f["address"].startswith("aws_backup_plan.")]
    found = {(f["rule"], f["before"], f["after"]) for f in plans}

    assert document["verdict"] == "findings"
    assert {
        ("backup-retention", 35, 30),
        ("backup-copy-retention", 35, 30),
        ("backup-schedule", "cron(0 2,14 * * ? *)", "cron(0 2,15 * * ? *)"),
    } <= found
    proofs = {(f["path"], f["before"], f["after"]) for f in document["findings"] if f["origin"] == "proofs"}
    assert {
        ("rpo.uploads.corruption", "17 h", "18 h"),
        ("rpo.database.region_loss", "18 h", "19 h"),
        ("lock.standard.half-daily.retention", "35 d", "30 d"),
    } <= proofs
    assert not [f for f in document["findings"] if f["kind"] == "unverified"]
    schema = json.loads((ROOT / "docs" / "schemas" / "review.schema.json").read_text())
    jsonschema.validate(document, schema)


def test_nothing_is_found_that_did_not_change(document):
    assert {stack["against"] for stack in document["stacks"]} == {"base"}
    assert (
        sum(stack["changes"].get("create", 0) + stack["changes"].get("delete", 0) for stack in document["stacks"]) == 0
    )
    assert {f["rule"] for f in document["findings"] if f["severity"] != "info"} == {
        "backup-retention",
        "backup-copy-retention",
        "backup-schedule",
        "proof-bound-worse",
    }


def test_the_comment_the_summary_and_the_output_are_one_text(job):
    comment = job.read("review/comment.md")

    assert comment.startswith("<!-- holdfast-review: acme -->\n")
    assert job.read("summary") == comment
    delimiter, _, text = job.read("output").removeprefix("comment<<").partition("\n")
    assert text == f"{comment.rstrip()}\n{delimiter}\n"
    assert "-    delete_after: 35d" in comment or "delete_after: 35" in comment
    assert len(comment.encode()) < 65_536


def test_the_log_has_annotations_and_no_more_than_are_shown(job):
    kinds = re.findall(r"^::(error|warning|notice) ", job.log, flags=re.MULTILINE)

    assert kinds.count("error") >= 3
    assert all(kinds.count(kind) <= 10 for kind in set(kinds))


def test_the_readme_shows_what_this_job_wrote(job):
    readme = (ROOT / "README.md").read_text()
    (shown,) = re.findall(r"<!-- review of a pull request -->\n(.*?)<!-- end -->", readme, flags=re.DOTALL)
    written = set(job.read("review/comment.md").splitlines())

    lines = [line.removeprefix("> ") for line in shown.splitlines() if line.strip(" >")]
    assert len(lines) > 10
    assert [line for line in lines if line not in written] == []


def _atlantis(repository) -> Any:
    return YAML(typ="safe").load(repository.read(".atlantis/holdfast-acme.yaml"))


def _review_lines(scripts):
    found = [line.strip() for script in scripts for line in script.splitlines() if "review-pull-request" in line]
    return {tuple(shlex.split(line.split(" || ")[0])) for line in found}


def test_the_three_pipelines_review_by_one_command(made):
    repository = made()
    github = [step.get("run", "") for step in workflow(repository, "review")["jobs"]["review"]["steps"]]
    theirs = gitlab(repository)["holdfast: review acme"]["script"]
    repository = Repository(repository.root / "atlantis")
    repository.environments.mkdir(parents=True)
    repository.make("acme", "starter", pipelines="atlantis")
    steps = _atlantis(repository)["workflows"]["holdfast-acme"]["plan"]["steps"]
    ours = [step["run"] for step in steps if isinstance(step.get("run"), str)]

    assert len(_review_lines(github)) == 1
    assert _review_lines(github) == _review_lines(theirs) == _review_lines(ours)


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_atlantis_runs_shell_that_parses_and_nothing_shellcheck_finds(made):
    repository = made(pipelines="atlantis")
    workflows = _atlantis(repository)["workflows"]["holdfast-acme"]
    steps = [step["run"] for part in workflows.values() for step in part["steps"] if "run" in step]

    assert len(steps) > 3
    for step in steps:
        script = step if isinstance(step, str) else step["command"]
        ran = subprocess.run(
            ["shellcheck", "--shell=sh", "-"], input=script, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout
