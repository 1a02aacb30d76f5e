"""The documentation says what the templates do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from template_ground import OWN, Repository

from holdfast.environments.templates import FileState, find_template, list_templates
from holdfast.environments.templates.page import questions_page
from holdfast.environments.templates.update import WORDS

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def page() -> str:
    return (DOCS / "templates.md").read_text(encoding="utf-8")


def test_the_page_of_questions_is_current():
    assert (DOCS / "template-questions.md").read_text(encoding="utf-8") == questions_page()


def test_every_template_is_described_in_its_own_words(page, tmp_path):
    for each in list_templates(tmp_path):
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{each.name}` |"))
        assert each.description.lower() in row.lower()


def test_the_states_of_files_are_those_the_command_names(page):
    for state in FileState:
        if state is not FileState.SAME:
            assert f"*{WORDS[state].partition('; remove')[0]}*" in page


def test_the_template_of_the_page_works(page, repository):
    manifest = re.search(r"```yaml\n# environments/templates/ours/template\.yaml\n(.*?)```", page, re.DOTALL)
    assert manifest
    repository.own_template(manifest[1])

    template = find_template("own", repository.environments)

    assert template.question("color").default == "blue"
    assert template.question("primary_region").default == "eu-central-1"


def test_every_name_the_page_gives_a_template_is_there(page, repository):
    names = re.findall(r"`([a-z_]+)`", page.partition("Besides the answers there are")[2])
    note = "".join(f"<{{ {name} }}>\n" for name in names)
    repository.own_template(OWN, note=note)

    repository.make("acme", "own", color="green")

    assert len(names) > 10
    assert "acme-acme-tfstate-222222222222" in repository.read("notes/acme.txt")


def test_the_guide_of_the_bootstrap_names_what_there_is(tmp_path):
    repository = Repository(tmp_path)
    repository.make("acme", "regulated", organization="zeta")

    guide = repository.read("bootstrap/acme/README.md")

    assert "`zeta-acme-tfstate-222222222222`" in guide
    for path in re.findall(r"`((?:suppressions|bootstrap)/[^`*{]+)`", guide):
        assert path.startswith(("suppressions/acme", "bootstrap/acme"))
    for variable in ("github_subject", "gitlab_project", "create_oidc_providers", "backup_profile", "workload_profile"):
        assert f"`{variable}" in guide
        assert f'variable "{variable}"' in repository.read("bootstrap/acme/variables.tf")
