"""`holdfast review`: what a plan weakens, loses or makes irreversible."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from holdfast.cli.settings import Settings, shared_options

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_FORMATS = ("markdown", "json", "sarif", "junit", "github", "html")


@click.command(name="review", short_help="Review plan JSON for what weakens protection.")
@click.argument("plans", nargs=-1, metavar="[PLAN.json…]", type=click.Path(path_type=Path))
@click.option("--base", type=_FOLDER, help="Synthesized stacks before the change, and proofs.json.")
@click.option("--head", type=_FOLDER, help="The same after it; names the constructs as well.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="What to print.  [default: markdown]")
@click.option(
    "--fail-on",
    type=click.Choice(("block", "high", "warn", "info")),
    default="high",
    show_default=True,
    help="The least severity that fails the review.",
)
@click.option("--suppressions", type=click.Path(path_type=Path), help="YAML file of accepted findings.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to stdout.")
@click.option(
    "--every-format",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write every format into this folder, and print nothing.",
)
@click.option(
    "--title", default="", metavar="NAME", help="What is reviewed; the comment replaces that of this name only."
)
@click.option("--max-bytes", default=60_000, show_default=True, type=click.IntRange(min=1), help="Limit for Markdown.")
@shared_options
def command(
    plans: tuple[Path, ...],
    base: Path | None,
    head: Path | None,
    format_: str | None,
    fail_on: str,
    suppressions: Path | None,
    output: Path | None,
    folder: Path | None,
    title: str,
    max_bytes: int,
    settings: Settings,
) -> int:
    """Review plan JSON (terraform show -json) for what weakens protection.

    With --base and --head, what no plan shows is compared as well: guards, backends, providers, and proofs.json (what
    `holdfast prove --json` printed on each side). A plan made without a state (holdfast plan --offline) shows nothing
    that is there; its stack is then held against base, and so is a stack without a plan.

    Exit code 0: nothing at or over the threshold. 1: a plan could not be read. 2: a finding at or over it.
    3: the plan is partial, or a guarded value is unknown or sensitive.

    \b
    Example:
      terraform show -json plan.bin > primary.json
      holdfast review primary.json recovery.json --format markdown
      holdfast review primary.json --base main/cdktf.out --head cdktf.out --format sarif --output review.sarif
      holdfast review --base main/.holdfast/prod --head .holdfast/prod    # no plan at all
    """
    from holdfast.clock import SystemClock
    from holdfast.review.finding import Severity
    from holdfast.review.load import load_plans
    from holdfast.review.memory import collector_paused
    from holdfast.review.proofs import load_proofs, proofs_lost
    from holdfast.review.render import FILES, render
    from holdfast.review.review import review
    from holdfast.review.stacks import load_stacks
    from holdfast.review.suppressions import load_suppressions

    if settings.as_json and format_ not in (None, "json"):
        raise click.UsageError("--json and --format say different things; give one of them")
    if folder is not None and (output is not None or format_ is not None or settings.as_json):
        raise click.UsageError("--every-format writes files of its own; leave out --output, --format and --json")
    if base is not None and head is None:
        raise click.UsageError("--base needs --head: both sides are compared")
    if not plans and base is None:
        raise click.UsageError("nothing to review: give plan JSON, or --base and --head")
    with collector_paused():
        result = review(
            load_plans(plans),
            now=SystemClock().now(),
            base=load_stacks(base) if base else None,
            head=load_stacks(head) if head else None,
            suppressions=load_suppressions(suppressions) if suppressions else (),
            threshold=Severity(fail_on),
            more=proofs_lost(load_proofs(base), load_proofs(head)) if base and head else (),
            root=Path.cwd(),
            title=title,
        )
        if folder is None:
            _write(render(result, "json" if settings.as_json else format_ or "markdown", max_bytes=max_bytes), output)
        else:
            for name, file in FILES.items():
                _write(render(result, name, max_bytes=max_bytes), folder / file, new=True)
    return result.verdict.exit_code


def _write(text: str, output: Path | None, *, new: bool = False) -> None:
    """Write to a file, or to stdout; `new` makes the folder as well."""
    if output is None:
        click.echo(text, nl=False)
        return
    from holdfast.links import followed
    from holdfast.new_folders import new_folder
    from holdfast.review.errors import ReviewNotWritten

    try:
        with new_folder(output.parent) if new else nullcontext():
            data = text.encode("utf-8", "backslashreplace")
            if output.exists() and not output.is_file():
                output.write_bytes(data)  # a device or pipe somebody reads from
            else:
                _replace(followed(output), data)
    except OSError as error:
        raise ReviewNotWritten(path=output, reason=error.strerror or str(error)) from None


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f".{path.name[:200]}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
