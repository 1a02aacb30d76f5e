"""The runbook names what is really there, its commands are commands, and it is the same every time."""

from __future__ import annotations

import re
import shlex
from html.parser import HTMLParser
from pathlib import Path

import pytest

from holdfast.cli.main import COMMANDS, cli
from holdfast.environments.loading import load_environment
from holdfast.environments.names import Names
from holdfast.restore.runbook import sections_of
from holdfast.restore.runbook_pages import markdown, page

FOLDER = Path(__file__).parents[2] / "environments"
ROLES = ("backup-writer", "backup-operator", "restore-operator", "drill-runner", "break-glass", "aws-backup")
NAMES = ("dev", "staging", "prod", "sandbox")


@pytest.fixture(params=NAMES)
def environment(request):
    return load_environment(request.param, FOLDER).environment


def commands(environment):
    return [command for section in sections_of(environment) for step in section.steps for command in step.commands]


def known(environment):
    """Every name `Names` gives without an argument, and those of roles and stacks."""
    names = Names(environment)
    plain = {
        value
        for attribute in dir(names)
        if not attribute.startswith("_") and isinstance(value := getattr(names, attribute), str)
    }
    roles = {names.role(each) for each in ROLES}
    return plain | roles | {names.stack(part) for part in names.parts}


def test_every_name_in_it_is_one_the_environment_has(environment):
    names = Names(environment)
    own = re.escape(f"{environment.organization}-{environment.environment}-")
    found = set(
        re.findall(rf"(?:alias/)?{re.escape(names.prefix)}-[a-z-]+[a-z]|{own}[a-z0-9-]+[a-z0-9]", markdown(environment))
    )
    assert found <= known(environment)
    for needed in (names.vault_bucket, names.replica_bucket, names.evidence_bucket, names.copy_vault, names.key_alias):
        assert needed in markdown(environment)


def test_each_scenario_is_there_and_says_what_to_do(environment):
    titles = [section.title for section in sections_of(environment)]
    assert titles[3:7] == [
        "Data is corrupted or deleted",
        "The primary Region is lost",
        "The backup key is lost",
        "The workload account is lost",
    ]
    for section in sections_of(environment)[3:6]:
        assert section.steps
    if environment.accounts.workload == environment.accounts.backup:
        assert "nothing survives" in markdown(environment)


def test_its_commands_are_commands_of_ours_with_options_there_are(environment):
    ours = [each for each in commands(environment) if each.startswith("holdfast ")]
    assert len(ours) >= 10
    for line in ours:
        words = shlex.split(line.split(" > ")[0].split(" < ")[0])[1:]
        assert words[0] in COMMANDS, line
        command, context = cli, None
        while hasattr(command, "commands") or command is cli:
            command = command.get_command(context, words.pop(0))
        command.make_context(command.name, words).close()


def test_losing_the_primary_region_is_recovered_without_asking_it(environment):
    section = next(each for each in sections_of(environment) if each.title == "The primary Region is lost")
    for step in section.steps:
        for command in step.commands:
            assert environment.regions.primary not in command.replace(Names(environment).replica_bucket, "")


def test_it_is_the_same_every_time(environment):
    assert markdown(environment) == markdown(load_environment(environment.environment, FOLDER).environment)


def test_as_a_page_it_says_the_same_and_runs_nothing(environment):
    class Text(HTMLParser):
        said, tags = "", set()

        def handle_data(self, data):
            self.said += data

        def handle_starttag(self, tag, attributes):
            self.tags.add(tag)

    reader = Text()
    reader.feed(page(environment))
    assert not reader.tags & {"script", "iframe", "object", "link", "img"}
    for command in commands(environment):
        assert command in reader.said


def test_what_a_file_says_cannot_become_markup():
    document = load_environment("sandbox", FOLDER).environment.document()
    from holdfast.environments.model import Environment

    document["evidence"]["responsible"] = "<script>alert(1)</script> | x\n# heading"
    environment = Environment.model_validate(document)
    assert "<script>alert" not in page(environment)
    assert "\n# heading" not in markdown(environment)


def test_every_shipped_environment_has_one():
    shipped = {path.stem for path in FOLDER.glob("*.yaml")}
    assert shipped - {"base", "service-tiers"} == set(NAMES)
