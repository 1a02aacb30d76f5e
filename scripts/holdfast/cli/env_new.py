"""`holdfast env new` and `holdfast env templates`: environments from templates."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli.settings import Settings, shared_options

if TYPE_CHECKING:
    from holdfast.environments.templates.answers import Ask


@click.command()
@click.argument("name")
@click.option("--template", metavar="TEMPLATE", help="What to make it from; `holdfast env templates` lists them.")
@click.option("--set", "pairs", multiple=True, metavar="QUESTION=ANSWER", help="Answer a question; may be repeated.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    help="Top of the repository.  [default: the folder that holds the environments folder]",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, write nothing.")
@click.option("--update", is_flag=True, help="Show what the template, or another answer, would change now.")
@click.option("--apply", "apply_", is_flag=True, help="With --update: write it, after asking.")
@click.option("--overwrite", is_flag=True, help="With --apply: also what was changed by hand.")
@click.option("--yes", is_flag=True, help="Ask nothing: take defaults, and agree to --apply.")
@shared_options
def new(
    settings: Settings,
    name: str,
    template: str | None,
    pairs: tuple[str, ...],
    root: Path | None,
    *,
    dry_run: bool,
    update: bool,
    apply_: bool,
    overwrite: bool,
    yes: bool,
) -> None:
    """Make environment NAME from a template: its file, pipelines, state bucket and roles.

    What is not answered with --set is asked on a terminal, and is the default elsewhere. Everything is rendered and
    proved before anything is written; a file that is there is never overwritten. Template and answers are recorded, so
    that --update can show later what a newer template changes.

    \b
    Example:
      holdfast env new acme --template starter --set organization=acme --set primary_region=eu-central-1
      holdfast env new acme --update --set drills=daily
      holdfast env new acme --update --apply
    """
    from holdfast.cli import env_new_run as run

    if update:
        if template or root or dry_run:
            raise click.UsageError("--update knows template and root from the record, and shows before it writes")
    elif apply_ or overwrite:
        raise click.UsageError("--apply and --overwrite go with --update")
    elif template is None:
        raise click.UsageError("name a --template; `holdfast env templates` lists them")
    if overwrite and not apply_:
        raise click.UsageError("--overwrite goes with --apply")
    ask = None if yes or settings.as_json or not sys.stdin.isatty() else _asking()
    if template is not None:
        run.make(settings, name, template, pairs, root, ask, dry_run=dry_run)
    else:
        run.renew(settings, name, pairs, ask, write=apply_, overwrite=overwrite, agreed=yes)


@click.command()
@click.argument("template", required=False)
@shared_options
def templates(settings: Settings, template: str | None) -> None:
    """List the templates, or what TEMPLATE asks.

    \b
    Example:
      holdfast env templates
      holdfast env templates starter
    """
    from holdfast.cli import env_new_run as run

    if template is None:
        run.show_templates(settings)
    else:
        run.show_questions(settings, template)


def _asking() -> Ask:
    from holdfast.environments.templates.errors import AnswerNotAllowed
    from holdfast.environments.templates.question import Question, as_written

    def ask(question: Question, default: str) -> str:
        def accept(written: str) -> str:
            try:
                return as_written(question.parse(written))
            except AnswerNotAllowed as error:
                raise click.BadParameter(error.message) from None

        click.echo(f"\n{question.help} ({question.allowed_text})", err=True)
        return str(click.prompt(question.name, default=default, value_proc=accept, err=True))

    return ask
