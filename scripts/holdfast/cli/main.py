"""The command line: a table of commands, each imported only when it runs, and the one place errors become words."""

from __future__ import annotations

import importlib
import io
import os
import sys
from pathlib import Path

import click

from holdfast.cli.plain_text import printable
from holdfast.cli.signals import end_quietly, raise_signals
from holdfast.errors import HoldfastError, InputError, Interrupted, Terminated

COMMANDS: dict[str, tuple[str, str]] = {
    "apply": ("holdfast.cli.apply", "Apply an environment's stacks with Terraform."),
    "audit": ("holdfast.cli.audit", "Who changed what: list, verify and export the audit log."),
    "capture": ("holdfast.cli.capture", "Capture how an environment is set up as a backup set."),
    "catalog": ("holdfast.cli.catalog", "List the backup sets of an environment."),
    "demo": ("holdfast.cli.demo", "Declare, prove, apply, restore and attack on a local AWS."),
    "destroy": ("holdfast.cli.destroy", "Destroy an environment's stacks (sandbox only)."),
    "doctor": ("holdfast.cli.doctor", "Check that this machine has what Holdfast needs."),
    "drill": ("holdfast.cli.drill", "Run restore drills and immutability probes."),
    "env": ("holdfast.cli.env", "Make, list, show, compare and validate environments."),
    "erasure": ("holdfast.cli.erasure", "What was erased on purpose and must not come back."),
    "evidence": ("holdfast.cli.evidence", "List and verify signed evidence."),
    "plan": ("holdfast.cli.plan", "Plan an environment's stacks with Terraform."),
    "postgres": ("holdfast.cli.postgres", "Archive PostgreSQL servers and check their archives."),
    "prove": ("holdfast.cli.prove", "Prove recovery objectives from the declaration."),
    "push": ("holdfast.cli.push", "Write a directory into the vault as a backup set."),
    "restore": ("holdfast.cli.restore", "Restore: plan, approve by a second person, run, verify."),
    "review": ("holdfast.cli.review", "Review plan JSON for what weakens protection."),
    "runbook": ("holdfast.cli.runbook", "Write the recovery runbook with an environment's real names."),
    "sandbox": ("holdfast.cli.sandbox", "Start, inspect and stop the local AWS."),
    "synth": ("holdfast.cli.synth", "Write an environment's Terraform configuration."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when called; `--help` reads only the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command's module."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(COMMANDS.items())])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the commands there are when one is not."""
        if args and args[0] not in COMMANDS:
            raise click.UsageError(f"no such command {args[0]!r}; there are: {', '.join(sorted(COMMANDS))}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="holdfast")
def cli() -> None:
    """Backups that cannot be deleted early and restores that are proved.

    \b
    Example:
      holdfast demo
      holdfast prove prod
      holdfast drill run sandbox object-recovery --dataset exports
    """


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every error becomes words here."""
    debug, as_json = "--debug" in arguments, "--json" in arguments
    try:
        with click.Context(cli, info_name="holdfast"):
            code = cli.main(arguments, prog_name="holdfast", standalone_mode=False)
    except HoldfastError as error:
        if debug:
            raise
        return _report(error, as_json=as_json)
    except click.exceptions.Abort:
        return _report(Interrupted(during="the command"), as_json=as_json)
    except KeyboardInterrupt:
        return _report(Interrupted(during="the command"), as_json=as_json)
    except click.ClickException as error:
        return _report_usage(error, as_json=as_json)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if debug:
            raise
        return _report(Unexpected(kind=type(error).__name__, text=str(error)), as_json=as_json)
    return code if isinstance(code, int) else 0


class Unexpected(HoldfastError):
    """An error nobody foresaw: a defect of Holdfast, said in one line."""

    template = "unexpected {kind}: {text}"
    hint = "this is a defect in Holdfast; run the command again with --debug and report what it prints"


class WrongUsage(InputError):
    """The command line does not say what one of its commands understands."""

    template = "{problem}"
    hint = "`{command} --help` says how to call it"


def _report(error: HoldfastError, *, as_json: bool) -> int:
    if as_json:
        _print_document(error)
    click.secho(f"error: {printable(error.message)}", fg="red", err=True)
    if error.hint:
        click.echo(f"hint:  {printable(error.hint)}", err=True)
    return error.exit_code


def _report_usage(error: click.ClickException, *, as_json: bool) -> int:
    """What click has to say of the command line, with the commands there are when one is not."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    problem, more = error.format_message(), ""
    if ctx and isinstance(ctx.command, click.Group) and problem.startswith("No such command"):
        more = f"There are: {', '.join(ctx.command.list_commands(ctx))}."
    said = WrongUsage(problem=f"{problem} {more}".rstrip(), command=ctx.command_path if ctx else "holdfast")
    if as_json:
        _print_document(said)
    shown = io.StringIO()
    error.show(file=shown)
    click.echo(printable(f"{shown.getvalue()}{more}".rstrip()), err=True)
    return said.exit_code


def _print_document(error: HoldfastError) -> None:
    import json

    texts = error.document()
    document = {name: printable(text) if isinstance(text, str) else text for name, text in texts.items()}
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def main() -> None:
    """What `holdfast.cli.start` calls once there is somebody to say why the program ends."""
    try:
        raise_signals()
        code = run(sys.argv[1:])
        end_quietly()
    except KeyboardInterrupt:  # before the command begins, or once more while the first one is said
        code = Interrupted.exit_code
    if code in (Interrupted.exit_code, Terminated.exit_code):
        # jsii's farewell at exit to a Node that Ctrl-C has ended helps nobody.
        sys.unraisablehook = lambda _: None
        sys.stderr.flush()
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # open until the process ends
    sys.exit(code)
