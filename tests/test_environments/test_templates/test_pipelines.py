"""The pipelines: commands that exist, shell that parses, rights no larger than the work, actions that cannot change."""

from __future__ import annotations

import re
import shutil
import subprocess

import click
import pytest
from pipeline_ground import WORKFLOWS, calls, command_lines, gitlab, job_script, parse, scripts, steps, workflow
from template_ground import ANSWERS, CASES

PINNED = re.compile(r"(actions/checkout|aws-actions/configure-aws-credentials)@[0-9a-f]{40}")
EXPRESSION = re.compile(r"\$\{\{.*?\}\}")


@pytest.mark.parametrize(("template", "case"), CASES)
def test_every_command_is_one_holdfast_has(made, template, case):
    calls = command_lines(made(template, case))

    assert {each[0] for each in calls} == {"env", "prove", "plan", "apply", "review", "synth", "drill"}
    for call in calls:
        parse(call)


@pytest.mark.parametrize(
    "line", ["prove", "prove acme --fast", "plan acme --fail-on high", "drill walk acme", "destory acme"]
)
def test_a_command_that_is_not_there_would_be_noticed(line):
    with pytest.raises(click.UsageError):
        parse(line.split())


@pytest.mark.parametrize("template", ANSWERS)
def test_drills_are_of_kinds_and_datasets_there_are(made, template):
    from holdfast.drills.kinds import KINDS
    from holdfast.environments.loading import load_environment

    repository = made(template)
    environment = load_environment("acme", repository.environments).environment
    drills = [parse(call) for call in command_lines(repository) if call[:2] == ["drill", "run"]]

    assert {each["kind"] for each in drills} == {"immutability", "object-recovery"} <= set(KINDS)
    for each in drills:
        dataset = environment.dataset(each["dataset"]) if each.get("dataset") else None
        assert (dataset is not None) == KINDS[each["kind"]].restores_dataset
        if dataset is not None:
            assert bool(each.get("tenant")) == (dataset.tenants is not None)
        assert each["confirm"] == "acme"


@pytest.mark.parametrize("case", ANSWERS["starter"])
def test_every_stack_is_applied_once_and_in_order(made, case):
    applied = [parse(call) for call in command_lines(made("starter", case)) if call[0] == "apply"]
    stacks = [stack for each in applied for stack in each.get("stacks") or ()]

    if "one account" in case:
        assert stacks == []
    else:
        backup = ["acme-recovery-watch", "acme-recovery", "acme-recovery-access", "acme-drill"]
        workload = ["acme-watch", "acme-primary", "acme-access"]
        assert stacks == [*backup, *workload] * 2  # GitHub and GitLab
    assert all(each["confirm"] == "acme" for each in applied)


@pytest.mark.parametrize("case", ["defaults", "longest, by real plans"])
def test_shell_scripts_parse(made, case):
    for script in scripts(made("regulated", case)):
        ran = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{ran.stderr}\n{script}"


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
@pytest.mark.parametrize("case", ["defaults", "longest, by real plans"])
def test_shell_scripts_have_nothing_shellcheck_finds(made, case):
    for script in scripts(made("regulated", case)):
        command = ["shellcheck", "--shell=bash", "--exclude=SC2154", "-"]
        ran = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{ran.stdout}\n{script}"


def test_no_script_has_an_expression_an_outsider_could_fill(made):
    # what a pull request names (branch, title, text) reaches a shell through variables only
    assert not [script for script in scripts(made()) if EXPRESSION.search(script)]


@pytest.mark.parametrize("case", ["defaults", "longest, by real plans"])
def test_every_action_is_pinned_to_a_commit(made, case):
    used = [step["uses"] for _, step in steps(made("regulated", case)) if "uses" in step]

    assert used
    assert [each for each in used if not PINNED.fullmatch(each)] == []


def test_no_checkout_leaves_a_token_behind(made):
    checkouts = [step for _, step in steps(made()) if step.get("uses", "").startswith("actions/checkout")]

    assert len(checkouts) == 7
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("part", WORKFLOWS)
def test_a_workflow_has_no_right_a_job_did_not_ask_for(made, part):
    assert workflow(made(), part)["permissions"] == {}


def test_the_rights_of_each_job(made):
    repository = made()
    rights = {
        f"{part}.{name}": job["permissions"]
        for part in WORKFLOWS
        for name, job in workflow(repository, part)["jobs"].items()
    }

    assert rights == {
        "review.review": {"contents": "read"},
        "review.comment": {"contents": "read", "pull-requests": "write"},
        "apply.plan": {"contents": "read", "id-token": "write"},
        "apply.apply": {"contents": "read", "id-token": "write"},
        "drill.drill": {"contents": "read", "id-token": "write"},
        "drill.report": {"contents": "read", "id-token": "write"},
    }


def test_the_job_that_may_comment_runs_nothing_of_the_pull_request(made):
    comment = workflow(made(), "review")["jobs"]["comment"]

    (checkout, post) = comment["steps"]
    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert "holdfast" not in post["run"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in comment["if"]


def test_a_pull_request_gets_credentials_only_when_asked_for_and_never_from_a_fork(made):
    review = workflow(made(review_plan="real"), "review")["jobs"]["review"]

    assert review["permissions"] == {"contents": "read", "id-token": "write"}
    roles = [step for step in review["steps"] if "role-to-assume" in step.get("with", {})]
    assert [step["with"]["role-to-assume"].rpartition("/")[2] for step in roles] == ["holdfast-acme-planner"] * 2
    assert all(step["if"].endswith("head.repo.full_name == github.repository") for step in roles)


def test_an_apply_waits_for_the_environment_s_approval_and_for_the_plan(made):
    jobs = workflow(made(), "apply")["jobs"]

    assert (jobs["apply"]["environment"], jobs["apply"]["needs"]) == ("acme", "plan")
    assert "environment" not in jobs["plan"]
    roles = {name: {step["with"]["role-to-assume"] for step in job["steps"] if "role-to-assume" in step.get("with", {})}
             for name, job in jobs.items()}  # fmt: skip
    assert {role.rpartition("-")[2] for role in roles["plan"]} == {"planner"}
    assert {role.rpartition("-")[2] for role in roles["apply"]} == {"deployer"}


def test_two_runs_never_apply_at_once_and_none_is_stopped_half_way(made):
    repository = made()

    assert workflow(repository, "apply")["concurrency"] == {"group": "holdfast-acme", "cancel-in-progress": False}
    assert gitlab(repository)["holdfast: apply acme"]["resource_group"] == "holdfast-acme"


@pytest.mark.parametrize(
    ("often", "cron"), [("daily", "23 4 * * *"), ("weekly", "23 4 * * 1"), ("monthly", "23 4 1 * *")]
)
def test_drills_run_as_often_as_asked(made, often, cron):
    drill = workflow(made(drills=often), "drill")

    hourly = "23 * * * *"
    assert drill["on"]["schedule"] == [{"cron": cron}, {"cron": hourly}]
    assert f"github.event.schedule == '{cron}'" in drill["jobs"]["drill"]["if"]
    assert drill["jobs"]["report"]["if"] == f"github.event.schedule != '{cron}'"


@pytest.mark.parametrize(("template", "case"), CASES)
def test_both_pipelines_drill_and_report_the_same(made, template, case):
    repository = made(template, case)
    github = "\n".join(job_script(job) for job in workflow(repository, "drill")["jobs"].values())
    jobs = gitlab(repository)
    scheduled = "\n".join(job_script(jobs[f"holdfast: {each} acme"]) for each in ("drill", "report"))

    commands = calls(github)
    assert {tuple(each[:2]) for each in commands} == {("drill", "run"), ("drill", "due")}
    assert sorted(calls(scheduled)) == sorted(commands)


def test_what_is_overdue_is_published_and_being_overdue_does_not_fail_the_run(made):
    repository = made()
    published = [call for call in command_lines(repository) if call[:2] == ["drill", "due"]]
    lines = [line for script in scripts(repository) for line in script.splitlines() if "--publish-metric" in line]

    assert len(published) == len(lines) == 2  # GitHub and GitLab
    assert all(parse(each)["publish_metric"] is True for each in published)
    assert all(line.strip().endswith("|| [ $? -eq 2 ]") for line in lines)


def test_gitlab_reports_by_a_schedule_of_its_own_as_the_operator(made):
    jobs = gitlab(made())

    report, drill = jobs["holdfast: report acme"], jobs["holdfast: drill acme"]
    assert report["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule" && $HOLDFAST_REPORT == "acme"'}]
    assert drill["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule" && $HOLDFAST_DRILL == "acme"'}]
    assert report["environment"] == drill["environment"] == {"name": "acme-drill"}
    assert report["resource_group"] != drill["resource_group"]
    assert report["script"][0] == drill["script"][0]  # the operator, in the primary Region


def test_gitlab_applies_by_hand_from_the_deployed_branch_only(made):
    jobs = gitlab(made(branch="release"))

    apply = jobs["holdfast: apply acme"]
    (rule,) = apply["rules"]
    assert rule == {"if": '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "release"', "when": "manual"}
    assert apply["allow_failure"] is False
    assert apply["environment"] == {"name": "acme"}


def test_gitlab_gives_a_token_only_to_jobs_that_take_on_a_role(made):
    jobs = gitlab(made())

    with_token = {name for name, job in jobs.items() if job.get("extends") == ".holdfast-acme-aws"}
    assert with_token == {f"holdfast: {each} acme" for each in ("plan", "apply", "drill", "report")}
    assert jobs[".holdfast-acme-aws"]["id_tokens"] == {"HOLDFAST_AWS_TOKEN": {"aud": "sts.amazonaws.com"}}


def test_no_workflow_runs_an_outsider_s_code_with_the_rights_of_the_repository(made):
    repository = made()
    triggers = {trigger for part in WORKFLOWS for trigger in workflow(repository, part)["on"]}

    assert triggers == {"pull_request", "push", "schedule", "workflow_dispatch"}


def test_no_pipeline_keeps_plan_json_which_holds_secrets(made):
    repository = made()
    kept = [path for job in gitlab(repository).values() for path in job.get("artifacts", {}).get("paths", ())]

    assert kept
    assert all(path.startswith("review") for path in kept)
    assert not [step for _, step in steps(repository) if "upload-artifact" in step.get("uses", "")]
