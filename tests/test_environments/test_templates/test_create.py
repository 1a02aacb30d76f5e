"""What each template makes validates, proves and synthesizes at once; what cannot be made leaves nothing behind."""

from __future__ import annotations

import json
import os
from datetime import date

import pytest
from template_ground import ANSWERS, CASES, NOW, OWN, Repository

from holdfast.environments.errors import BadEnvironmentName
from holdfast.environments.loading import load_environment
from holdfast.environments.names import Names
from holdfast.environments.proving import prove_environment
from holdfast.environments.templates import create, find_template
from holdfast.environments.templates.answers import answer_all
from holdfast.environments.templates.errors import (
    AlreadyThere,
    AnswersBreakPromises,
    AnswersMakeNoEnvironment,
    CannotWriteEnvironment,
    OutsideTheRoot,
    TemplateNotUsable,
)
from holdfast.environments.templates.place import Place
from holdfast.environments.validating import validate_environment
from holdfast.objectives.proof import Verdict


@pytest.mark.parametrize(("template", "case"), CASES)
def test_what_is_made_validates_and_proves(made, template, case):
    repository = made(template, case)

    validation = validate_environment("acme", repository.environments, date(2026, 11, 22))
    report = prove_environment(load_environment("acme", repository.environments).environment, NOW)

    assert validation.error is None
    assert report.proofs
    assert report.with_verdict(Verdict.REFUTED) == ()


@pytest.mark.parametrize("template", ANSWERS)
def test_the_defaults_give_nothing_to_think_over_but_who_approves_restores(made, template):
    repository = made(template)

    warnings = validate_environment("acme", repository.environments, date(2026, 11, 22)).warnings
    assert [each.field for each in warnings] == ["restore.approvers"]  # only people can say who of them approves


@pytest.mark.parametrize(("template", "case"), CASES)
def test_what_is_made_synthesizes(made, tmp_path, template, case):
    import holdfast.constructs  # noqa: F401  # decides which Node.js jsii runs on, before anything imports cdktn
    from holdfast.stacks.app import synthesize

    environment = load_environment("acme", made(template, case).environments).environment

    stacks = synthesize(environment, tmp_path / "out")

    assert [stack.name for stack in stacks] == [Names(environment).stack(part) for part in Names(environment).parts]
    for stack in stacks:
        backend = json.loads(stack.configuration.read_text())["terraform"]["backend"]["s3"]
        assert environment.state is not None
        assert backend["bucket"] == environment.state.bucket
        assert backend["kms_key_id"] == environment.state.kms_key_id
        assert backend["use_lockfile"] is True


def test_an_answer_is_never_read_as_anything_but_text(made):
    repository = made("starter", "somebody YAML would stumble over")

    environment = load_environment("acme", repository.environments).environment

    assert environment.evidence.responsible == 'Zoë "the #1": 8/7, {on: call}'


def test_the_record_says_what_was_answered_and_written(made):
    repository = made("saas-multitenant", "tenants by key, no contracts")

    record = json.loads(repository.read("environments/.templates/acme.json"))

    assert (record["template"], record["environment"], record["root"]) == ("saas-multitenant", "acme", "..")
    assert record["answers"]["enterprise"] == "false"
    assert record["answers"]["primary_region"] == "us-east-1"
    assert set(record["files"]) | {"environments/.templates/acme.json"} == set(repository.contents())


@pytest.mark.parametrize(
    ("pipelines", "github", "gitlab"), [("both", 3, 1), ("github", 3, 0), ("gitlab", 0, 1), ("none", 0, 0)]
)
def test_only_the_pipelines_asked_for_are_written(made, pipelines, github, gitlab):
    paths = made(pipelines=pipelines).contents()

    assert sum(path.startswith(".github/workflows/") for path in paths) == github
    assert sum(path.startswith(".gitlab/ci/") for path in paths) == gitlab
    assert "bootstrap/acme/state.tf" in paths


def test_placeholders_are_named_until_they_are_answered(repository):
    created = repository.make("acme", "starter", organization="zeta", backup_account="999999999999", notify="none")

    assert created.rendering.placeholders == ("workload_account", "runbook", "escalation")


def test_whoever_is_to_be_told_is_in_the_environment_and_nobody_is_no_stack_of_alarms(made, tmp_path):
    watched = load_environment("acme", made(notify="https://pager.acme.com/x").environments).environment
    again = Repository(tmp_path / "again")
    again.make("acme", "starter", notify="none")
    unwatched = load_environment("acme", again.environments).environment

    assert watched.watch is not None
    assert watched.watch.notify == watched.watch.escalate_to == ("https://pager.acme.com/x",)
    assert unwatched.watch is None
    assert "acme-watch" not in again.read(".github/workflows/holdfast-acme-apply.yml")


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"recovery_region": "us-east-1"}, "regions.recovery is the primary Region"),
        ({"organization": "an-organization-with-a-very-long-name"}, "organization makes a bucket name too long"),
    ],
)
def test_answers_that_do_not_go_together_are_refused(repository, answers, says):
    with pytest.raises(AnswersMakeNoEnvironment, match=says):
        repository.make("acme", "starter", **answers)

    assert repository.contents() == {}


def test_a_promise_that_cannot_be_kept_is_refused_with_the_proof(repository):
    # one account for workload and copies: its loss takes both
    with pytest.raises(AnswersBreakPromises, match=r"rpo\.records\.account_loss: "):
        repository.make("acme", "regulated", backup_account="111111111111")

    assert repository.contents() == {}


@pytest.mark.parametrize("name", ["../acme", "Acme", "a", "acme/x", "", "-acme", "a" * 41])
def test_a_name_that_is_none_is_refused(repository, name):
    with pytest.raises(BadEnvironmentName):
        repository.make(name, "starter")

    assert repository.contents() == {}


def test_a_name_too_long_for_roles_is_refused(repository):
    with pytest.raises(AnswersMakeNoEnvironment, match="environment is too long"):
        repository.make("acme-" + "x" * 30, "starter")


@pytest.mark.parametrize(
    "path",
    [
        "environments/acme.yaml",
        "bootstrap/acme/key.tf",
        ".gitlab/ci/holdfast-acme.yml",
        "environments/.templates/acme.json",
    ],
)
def test_what_is_there_is_never_overwritten(repository, path):
    repository.write(path, "mine\n")

    with pytest.raises(AlreadyThere, match=path):
        repository.make("acme", "starter")

    assert repository.contents() == {path: b"mine\n"}


def test_a_dangling_link_is_something_that_is_there(repository):
    (repository.environments / "acme.yaml").symlink_to(repository.root / "nowhere")

    with pytest.raises(AlreadyThere):
        repository.make("acme", "starter")

    assert not (repository.root / "nowhere").exists()


def test_somebody_quicker_wins_and_nothing_is_mixed(repository, monkeypatch):
    # GIVEN somebody who makes the same environment between the check and the write
    link, linked = os.link, []

    def quicker(source, target):
        linked.append(target)
        if len(linked) == 4:
            target.write_text("theirs\n")
        link(source, target)

    monkeypatch.setattr(os, "link", quicker)

    # WHEN one is made
    with pytest.raises(AlreadyThere):
        repository.make("acme", "starter")

    # THEN theirs stays, and ours is gone
    assert list(repository.contents().values()) == [b"theirs\n"]


def test_where_there_are_no_hard_links_files_are_written_all_the_same(repository, monkeypatch):
    def no_links(source, target):
        raise PermissionError(1, "Operation not permitted", str(target))

    monkeypatch.setattr(os, "link", no_links)
    created = repository.make("acme", "starter")

    assert set(repository.contents()) == set(created.paths)
    with pytest.raises(AlreadyThere):
        repository.make("acme", "starter")
    assert not [path for path in repository.contents() if path.endswith(".partial")]


def test_a_folder_that_cannot_be_written_leaves_nothing_half_written(repository):
    # GIVEN a file where a folder is needed
    repository.write("bootstrap", "a file\n")

    with pytest.raises(CannotWriteEnvironment, match="bootstrap"):
        repository.make("acme", "starter")

    assert repository.contents() == {"bootstrap": b"a file\n"}
    assert sorted(path.name for path in repository.root.iterdir()) == ["bootstrap", "environments"]


def test_a_dry_run_writes_nothing(repository):
    template = find_template("starter", repository.environments)

    created = create("acme", template, answer_all(template, {}), repository.place, NOW, dry_run=True)

    assert "environments/acme.yaml" in created.paths
    assert repository.contents() == {}


def test_pipelines_know_where_the_environments_lie(tmp_path):
    place = Place.of(tmp_path / "deep/er/environments", tmp_path)
    template = find_template("starter", place.environments)

    create("acme", template, answer_all(template, {}), place, NOW)

    assert (
        'HOLDFAST_ENVIRONMENTS: "deep/er/environments"'
        in (tmp_path / ".github/workflows/holdfast-acme-review.yml").read_text()
    )
    record = json.loads((tmp_path / "deep/er/environments/.templates/acme.json").read_text())
    assert record["root"] == "../../.."


@pytest.mark.parametrize("root", ["elsewhere", "repository/environments"])
def test_environments_outside_the_root_are_refused(repository, tmp_path, root):
    with pytest.raises(OutsideTheRoot):
        Place.of(repository.environments, tmp_path / root)


def test_a_team_s_own_template_is_made_like_any_other(repository):
    repository.own_template()

    repository.make("acme", "own", color="green")

    assert repository.read("notes/acme.txt") == "green\n"


def test_two_files_of_a_template_in_one_place_are_a_defect_of_it(repository):
    repository.own_template(OWN.replace("notes/{name}.txt", "bootstrap/{name}/key.tf"))

    with pytest.raises(TemplateNotUsable, match=r"two of its files are bootstrap/acme/key\.tf"):
        repository.make("acme", "own", color="green")
