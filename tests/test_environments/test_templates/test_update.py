"""What a newer template or another answer changes is shown against what is on disk, and written only on demand."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from template_ground import NOW, OWN

from holdfast.environments.templates import FileState, apply_update, plan_update
from holdfast.environments.templates.errors import (
    AnswerNotAllowed,
    AnswersMakeNoEnvironment,
    CannotWriteEnvironment,
    NotFromATemplate,
    RecordNotUsable,
    UnknownTemplate,
)

ENVIRONMENT = "environments/acme.yaml"
DRILL = ".github/workflows/holdfast-acme-drill.yml"


def update(repository, **given):
    return plan_update("acme", repository.environments, given, NOW)


def states(found) -> dict[str, FileState]:
    return {each.path: each.state for each in found.files if each.state is not FileState.SAME}


def test_nothing_changed_is_nothing_to_show(made):
    repository = made("saas-multitenant", "a database for each tenant")
    before = repository.contents()

    found = update(repository)

    assert states(found) == {}
    assert found.before == found.rendering.record
    assert repository.contents() == before


def test_another_answer_is_shown_as_a_diff_and_the_others_are_remembered(made):
    repository = made("starter", keep="90d")

    found = update(repository, drills="daily")

    assert states(found)[DRILL] is FileState.CHANGED
    (drill,) = (each for each in found.files if each.path == DRILL)
    assert '-    - cron: "23 4 * * 1"\n' in drill.diff
    assert '+    - cron: "23 4 * * *"\n' in drill.diff
    assert found.rendering.record.answers["keep"] == "90d"


def test_the_diff_is_one_that_git_applies(made):
    repository = made()
    found = update(repository, primary_region="eu-west-1", drills="daily")
    patch = repository.write("../update.patch", "".join(each.diff for each in found.files))

    ran = subprocess.run(["git", "apply", str(patch)], cwd=repository.root, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert {each.path: each.text for each in found.files} == {
        each.path: repository.read(each.path) for each in found.files
    }


def test_what_is_applied_is_what_was_shown(made):
    repository = made()
    found = update(repository, drills="daily")

    written = apply_update(found)

    assert DRILL in {each.path for each in written}
    assert all(repository.read(each.path) == each.text for each in found.files)
    again = update(repository)
    assert states(again) == {}
    assert again.before.answers["drills"] == "daily"


def test_what_was_changed_by_hand_is_shown_and_kept(made):
    repository = made()
    repository.write(ENVIRONMENT, mine := repository.read(ENVIRONMENT) + "# mine\n")

    found = update(repository, drills="daily")
    apply_update(found)

    assert states(found)[ENVIRONMENT] is FileState.YOURS
    assert "-# mine\n" in next(each.diff for each in found.files if each.path == ENVIRONMENT)
    assert repository.read(ENVIRONMENT) == mine
    assert states(update(repository)) == {ENVIRONMENT: FileState.YOURS}


def test_what_both_changed_stays_a_conflict_until_it_is_settled(made):
    repository = made()
    repository.write(ENVIRONMENT, repository.read(ENVIRONMENT) + "# mine\n")

    for _ in range(2):
        found = update(repository, keep="90d")
        assert states(found)[ENVIRONMENT] is FileState.BOTH
        apply_update(found)
    apply_update(update(repository), overwrite=True)

    assert states(update(repository)) == {}
    assert "# mine" not in repository.read(ENVIRONMENT)


def test_a_file_that_was_removed_is_made_again(made):
    repository = made()
    (repository.root / DRILL).unlink()

    found = update(repository)
    apply_update(found)

    assert states(found) == {DRILL: FileState.NEW}
    assert states(update(repository)) == {}


def test_a_file_the_template_has_no_more_is_named_and_left(made):
    repository = made()

    found = update(repository, pipelines="gitlab")
    apply_update(found)

    assert states(found)[DRILL] is FileState.OBSOLETE
    assert (repository.root / DRILL).exists()
    assert states(update(repository))[DRILL] is FileState.OBSOLETE
    (repository.root / DRILL).unlink()
    assert DRILL not in states(update(repository))


def test_a_newer_template_is_shown_with_its_version(repository):
    repository.own_template()
    repository.make("acme", "own", color="green")
    newer = OWN.replace("version: 1", "version: 2").replace(
        "questions:\n",
        "questions:\n  - {name: tone, type: choice, allowed: [dark, light], default: light, help: How}\n",
    )

    repository.own_template(newer, note="<{ tone }> <{ color }>\n")
    found = update(repository)

    assert states(found) == {"notes/acme.txt": FileState.CHANGED}
    assert (found.before.version, found.rendering.record.version) == (1, 2)
    assert "+light green\n" in found.files[-1].diff


def test_a_new_question_is_asked(repository):
    repository.own_template()
    repository.make("acme", "own", color="green")
    newer = OWN.replace("questions:\n", "questions:\n  - {name: tone, type: slug, default: light, help: How}\n")
    repository.own_template(newer, note="<{ tone }>\n")

    found = plan_update("acme", repository.environments, {}, NOW, ask=lambda question, _default: f"{question.name}-x")

    assert found.rendering.record.answers["tone"] == "tone-x"


def test_a_file_without_a_last_newline_is_shown_as_such(made):
    repository = made()
    repository.write(DRILL, repository.read(DRILL).rstrip("\n"))

    (drill,) = (each for each in update(repository).files if each.path == DRILL)

    assert "\\ No newline at end of file\n" in drill.diff


def test_bytes_that_are_no_text_are_shown_and_not_choked_on(made):
    repository = made()
    (repository.root / DRILL).write_bytes(b"\xff\xfe\x00")

    assert states(update(repository)) == {DRILL: FileState.YOURS}


@pytest.mark.parametrize(
    ("given", "error"),
    [({"recovery_region": "us-east-1"}, AnswersMakeNoEnvironment), ({"keep": "1d"}, AnswerNotAllowed)],
)
def test_answers_that_do_not_do_change_nothing(made, given, error):
    repository = made()
    before = repository.contents()

    with pytest.raises(error):
        update(repository, **given)

    assert repository.contents() == before


def test_a_write_that_fails_half_way_leaves_all_as_it_was(made, monkeypatch):
    repository = made()
    before = repository.contents()
    found = update(repository, drills="daily", primary_region="eu-west-1")
    replace, replaced = Path.replace, []

    def failing(self, target):
        replaced.append(target)
        if len(replaced) == 3:
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)

    with pytest.raises(CannotWriteEnvironment, match="No space left on device; nothing was changed"):
        apply_update(found)

    assert len(replaced) == 3
    assert repository.contents() == before


def test_an_environment_without_a_record_names_those_that_have_one(made):
    repository = made()

    with pytest.raises(NotFromATemplate, match=r"'prod' was not made from a template: there is no ") as refused:
        plan_update("prod", repository.environments, {}, NOW)

    assert refused.value.hint.endswith("made by it: acme")


def test_a_template_that_is_gone_is_named(repository):
    repository.own_template()
    repository.make("acme", "own")
    (repository.environments / "templates/own/template.yaml").unlink()

    with pytest.raises(UnknownTemplate, match="there is no template 'own'"):
        update(repository)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda _: "", "JSON"),
        (lambda _: "[]", "object"),
        (lambda text: text[:-20], "JSON"),
        (lambda _: "x" * 300_000, "larger than"),
        (lambda text: text.replace("holdfast.template-record/1", "holdfast.template-record/2"), "schema"),
        (lambda text: text.replace('"root": ".."', '"root": "../../etc/.."'), "root"),
        (lambda text: text.replace('"environment": "acme"', '"environment": "prod"'), "it speaks of 'prod'"),
        (lambda text: text.replace('"template": "starter"', '"template": "../starter"'), "template"),
        (lambda text: json.dumps({**json.loads(text), "more": 1}), "more"),
    ],
)
def test_a_damaged_record_is_one_error_that_names_it(made, change, says):
    repository = made()
    path = repository.write(
        "environments/.templates/acme.json", change(repository.read("environments/.templates/acme.json"))
    )

    with pytest.raises(RecordNotUsable, match=says) as refused:
        update(repository)

    assert refused.value.source is not None
    assert refused.value.source.path == path
