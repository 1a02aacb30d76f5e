"""What the pipelines run, taken apart: shell scripts, and the `holdfast` command lines in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML
from template_ground import Repository

WORKFLOWS = ("review", "apply", "drill")
_STANDS_FOR = {'"${sides[@]}"': "--head head --base base", '"${accepted[@]}"': "--suppressions accepted.yaml"}


def workflow(repository: Repository, part: str) -> dict[str, Any]:
    """A GitHub workflow of environment `acme`."""
    document: dict[str, Any] = YAML(typ="safe").load(repository.read(f".github/workflows/holdfast-acme-{part}.yml"))
    return document


def gitlab(repository: Repository) -> dict[str, Any]:
    """The GitLab pipeline of environment `acme`."""
    document: dict[str, Any] = YAML(typ="safe").load(repository.read(".gitlab/ci/holdfast-acme.yml"))
    return document


def steps(repository: Repository) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step of the GitHub workflows, with the part it is in."""
    for part in WORKFLOWS:
        for job in workflow(repository, part)["jobs"].values():
            for step in job["steps"]:
                yield part, step


def scripts(repository: Repository) -> list[str]:
    """Every shell script of all pipelines, as runners run them; the lines of a GitLab job are one script."""
    found = [step["run"] for _, step in steps(repository) if "run" in step]
    for job in gitlab(repository).values():
        found += ["\n".join(job[key]) for key in ("before_script", "script") if key in job]
    return [f"set -eo pipefail\n{script}" for script in found]


def job_script(job: dict[str, Any]) -> str:
    """What a job of either pipeline runs for itself."""
    if "steps" in job:
        return "\n".join(step["run"] for step in job["steps"] if "run" in step)
    return "\n".join(job["script"])


def command_lines(repository: Repository) -> list[list[str]]:
    """The arguments of every `holdfast` call, without what the shell does with its output."""
    return [call for script in scripts(repository) for call in calls(script)]


def calls(script: str) -> list[list[str]]:
    """The same, of one script."""
    found = []
    for line in script.splitlines():
        call = re.search(r"(?:^|\s|/)holdfast ((?:env|prove|plan|apply|review|synth|drill)\b.*)", line)
        if call:
            text = call[1]
            for shell, options in _STANDS_FOR.items():
                text = text.replace(shell, options)
            found.append(shlex.split(re.split(r"\s(?:\|\||&&|>)", text)[0]))
    return found


def parse(arguments: list[str]) -> dict[str, Any]:
    """Parse a command line as `holdfast` would, and run nothing.

    Raises:
        click.UsageError: there is no such command or option, or an argument is missing.
    """
    from holdfast.cli.main import cli

    command: click.Command = cli
    context = click.Context(cli, info_name="holdfast")
    rest = list(arguments)
    while isinstance(command, click.Group):
        _, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command, context = found, click.Context(found, parent=context, info_name=found.name)
    values, left, _ = command.make_parser(context).parse_args(rest)
    if left:
        raise click.UsageError(f"unexpected: {left}")
    for parameter in command.params:
        value = values.get(parameter.name or "")
        if isinstance(parameter.type, click.Choice) and isinstance(value, str):
            parameter.type.convert(value, parameter, context)
        if parameter.required and parameter.value_is_missing(value):
            raise click.MissingParameter(ctx=context, param=parameter)
    return values


def write_tool(folder: Path, name: str, script: str) -> Path:
    """A program to be found first on PATH."""
    path = folder / name
    path.write_text(script)
    path.chmod(0o755)
    return path
