"""The page of all commands, written from the commands' own help."""

from __future__ import annotations

from collections.abc import Iterator

import click

from holdfast.cli.main import COMMANDS, cli

_HEAD = """# Commands

Written from `--help` by `make docs`; a check fails when it is stale. Human text goes to stderr and data to stdout;
every command has `--json`. Exit codes: 0 done and good · 1 could not be carried out · 2 a finding, a refuted proof,
a failed drill, evidence that does not verify · 3 inconclusive or partial · 130/143 interrupted.
"""


def commands_page() -> str:
    """Markdown of every command and subcommand, in alphabetical order."""
    parts = [_HEAD]
    for path, command in walk():
        name = " ".join(path)
        with click.Context(command, info_name=name, terminal_width=100, max_content_width=100) as context:
            parts.append(f"## `{name}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def walk() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its path, parents before children."""
    yield ("holdfast",), cli
    context = click.Context(cli, info_name="holdfast")
    for name in sorted(COMMANDS):
        command = cli.get_command(context, name)
        if command is not None:
            yield from _below(("holdfast", name), command)


def _below(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            yield from _below((*path, name), child)
