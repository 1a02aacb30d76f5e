"""Which templates there are, and how a damaged one is refused."""

from __future__ import annotations

import pytest
from template_ground import OWN

from holdfast.environments.templates import find_template, list_templates
from holdfast.environments.templates.errors import TemplateNotUsable, UnknownTemplate
from holdfast.environments.templates.rendering import render


def test_three_templates_ship(repository):
    assert [each.name for each in list_templates(repository.environments)] == [
        "regulated",
        "saas-multitenant",
        "starter",
    ]


def test_a_team_s_own_template_is_found_beside_its_environments(repository):
    repository.own_template()

    own = find_template("own", repository.environments)

    assert own.question("color") is not None
    assert own.question("primary_region") is not None
    assert "own" in [each.name for each in list_templates(repository.environments)]


def test_an_own_template_goes_before_a_shipped_one_of_its_name(repository):
    repository.own_template()
    (repository.environments / "templates/own").rename(repository.environments / "templates/starter")

    assert find_template("starter", repository.environments).description == "A template of one's own"


def test_an_extending_template_may_give_a_question_another_default(repository):
    repository.own_template(
        OWN.replace(
            "questions:\n", "questions:\n  - {name: primary_region, type: region, default: eu-north-1, help: Ours}\n"
        )
    )

    question = find_template("own", repository.environments).question("primary_region")

    assert question is not None
    assert question.default == "eu-north-1"


def test_the_digest_changes_with_any_file_of_the_template(repository):
    repository.own_template()
    before = find_template("own", repository.environments).digest

    repository.own_template(note="<{ color }>!\n")

    assert before != find_template("own", repository.environments).digest


@pytest.mark.parametrize("name", ["startr", "common", "../starter", "", "STARTER"])
def test_an_unknown_template_is_refused_with_those_there_are(repository, name):
    with pytest.raises(UnknownTemplate, match="there are: regulated, saas-multitenant, starter"):
        find_template(name, repository.environments)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 1", "version: 0", r"template\.yaml:1: .*version: "),
        ("version: 1", "version: '1'", r"template\.yaml:1: .*version: "),
        ("description: A template of one's own\n", "", "description: Field required"),
        ("extends: common", "extends: nothing", "extends 'nothing', which is not there; there are: common"),
        ("extends: common", "extends: starter", "extends 'starter', which extends another"),
        ("extends: common\n", "", "does not ask for 'organization'; a template that extends common does"),
        ("environment: environment.yaml.j2\n", "", "it names no `environment`"),
        ("environment: environment.yaml.j2", "environment: missing.j2", "there is no missing.j2 in its folder"),
        ("environment: environment.yaml.j2", "environment: ../../acme.yaml", "environment: "),
        ("source: note.txt.j2", "source: missing.txt", "there is no missing.txt in its folder"),
        ("source: note.txt.j2", "source: /etc/passwd", r"files\.0\.source: "),
        ('"notes/{name}.txt"', '"../{name}.txt"', "is no path below the root"),
        ('"notes/{name}.txt"', '"/{name}.txt"', "is no path below the root"),
        ('"notes/{name}.txt"', '"notes/./{name}.txt"', "is no path below the root"),
        ('"notes/{name}.txt"', '"notes/{other}.txt"', "is no path below the root"),
        ("color: [green]", "colour: [green]", "`when` names 'colour', which is not asked"),
        ("default: blue", "default: red", "the default of color: 'red' is not allowed; allowed: blue, green"),
        ("type: choice, ", "type: color, ", r"questions\.0\.type: "),
        ("allowed: [blue, green], ", "", "`allowed` belongs to type choice"),
        ("type: choice, allowed: [blue, green]", "type: text, pattern: '['", "is no regular expression"),
        ("type: choice, allowed: [blue, green]", "type: slug, pattern: x", "`pattern` belongs to type text"),
        ("help: What", "hlep: What", r"questions\.0\."),
        ("questions:", "questions: [", "template.yaml:"),
        ("version: 1", "version: !!python/object:os.system 1", "YAML tags are not used here"),
    ],
)
def test_a_damaged_template_is_one_error_that_names_its_file(repository, old, new, says):
    assert old in OWN
    repository.own_template(OWN.replace(old, new))

    with pytest.raises(TemplateNotUsable, match=says) as refused:
        find_template("own", repository.environments)

    assert refused.value.source is not None
    assert refused.value.source.path.name == "template.yaml"


def test_a_source_that_leads_out_of_the_template_is_not_read(repository, tmp_path):
    (tmp_path / "secret").write_text("secret\n")
    repository.own_template()
    note = repository.environments / "templates/own/note.txt.j2"
    note.unlink()
    note.symlink_to(tmp_path / "secret")

    with pytest.raises(TemplateNotUsable, match=r"there is no note\.txt\.j2 in its folder"):
        find_template("own", repository.environments)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<{ colour }>", "'colour' is undefined"),
        ("<{ ''.__class__.__mro__[1].__subclasses__() }>", "unsafe"),
        ("<{ answers.append(1) }>", "undefined|unsafe"),
        ("<% include '/etc/passwd' %>", "no loader"),
        ("<% import 'os' as os %>", "no loader"),
        ("<{ range(3) }>", "'range' is undefined"),
        ("<{ lipsum() }>", "'lipsum' is undefined"),
        ("<% if %>", "Expected an expression"),
        ("<{ 1 / 0 }>", "division by zero"),
        ("<{ 'x' + 1 }>", "str"),
    ],
)
def test_a_template_can_run_nothing_and_name_only_what_there_is(tmp_path, text, says):
    source = tmp_path / "it.j2"
    source.write_text(text)

    with pytest.raises(TemplateNotUsable, match=says):
        render("own", source, {"color": "blue"})


def test_an_expression_of_github_or_terraform_is_left_alone(tmp_path):
    source = tmp_path / "it.j2"
    text = "${{ github.token }} ${var.x} {{ x }} {% y %} {# z #} [[ -f a ]] $(( 1 ))\n"
    source.write_text(text)

    assert render("own", source, {}) == text


def test_what_is_no_template_is_copied_as_it_is(tmp_path):
    source = tmp_path / "it.tf"
    source.write_text("<{ not.a.name }>\n")

    assert render("own", source, {}) == "<{ not.a.name }>\n"
