"""What `holdfast env new` does and prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from holdfast.cli.columns import columns
from holdfast.cli.settings import Settings
from holdfast.clock import SystemClock
from holdfast.environments.templates import (
    Created,
    FileState,
    Place,
    Update,
    apply_update,
    create,
    find_template,
    list_templates,
    plan_update,
)
from holdfast.environments.templates.answers import Ask, answer_all, parse_settings
from holdfast.environments.templates.update import WORDS
from holdfast.errors import InputError
from holdfast.objectives.proof import Verdict


class NotAgreed(InputError):
    """Nobody agreed to what `--apply` would write."""

    template = "not agreed; nothing was written"
    hint = "pass --yes where there is no terminal to ask on"


def make(
    settings: Settings,
    name: str,
    template_name: str,
    pairs: Sequence[str],
    root: Path | None,
    ask: Ask | None,
    *,
    dry_run: bool,
) -> None:
    """Make an environment, and say what was written and what to do next."""
    place = Place.of(settings.environments, root)
    template = find_template(template_name, settings.environments)
    answers = answer_all(template, parse_settings(pairs), ask=ask)
    created = create(name, template, answers, place, SystemClock().now(), dry_run=dry_run)
    if settings.as_json:
        record = created.rendering.record.model_dump(by_alias=True, exclude={"schema_"})
        settings.print_json(
            "holdfast.env-new/1",
            written=not dry_run,
            root=str(place.root),
            verdict=created.rendering.trial.report.verdict,
            placeholders=created.rendering.placeholders,
            paths=created.paths,
            record=record,
        )
        return
    if dry_run:
        for path, text in created.rendering.files.items():
            click.echo(f"==> {path} <==\n{text}")
        settings.human.print("nothing was written", markup=False)
        return
    click.echo("\n".join(created.paths))
    _next_steps(settings, name, created, place)


def _next_steps(settings: Settings, name: str, created: Created, place: Place) -> None:
    report, human = created.rendering.trial.report, settings.human
    counts = ", ".join(f"{len(report.with_verdict(verdict))} {verdict}" for verdict in reversed(Verdict))
    human.print(f"{name}: valid; {report.verdict} ({counts})", markup=False, soft_wrap=True)
    if created.rendering.placeholders:
        made_up = ", ".join(created.rendering.placeholders)
        again = " ".join(f"--set {each}=…" for each in created.rendering.placeholders)
        human.print(f"still made up: {made_up}; replace them before anything is applied:", markup=False, soft_wrap=True)
        human.print(f"  holdfast env new {name} --update --apply {again}", markup=False, soft_wrap=True)
    guide = place.root / "bootstrap" / name / "README.md"
    human.print(f"next: holdfast plan {name} --offline, then {guide}", markup=False, soft_wrap=True)


def renew(
    settings: Settings,
    name: str,
    pairs: Sequence[str],
    ask: Ask | None,
    *,
    write: bool,
    overwrite: bool,
    agreed: bool,
) -> None:
    """Show what an update would change, and write it when asked to and agreed."""
    found = plan_update(name, settings.environments, parse_settings(pairs), SystemClock().now(), ask=ask)
    if not settings.as_json:
        _show(settings, found)
    writable = found.writable(overwrite=overwrite)
    changed = bool(writable) or found.before != found.rendering.record
    if write and changed:
        if not agreed and not _agreed(len(writable)):
            raise NotAgreed()
        apply_update(found, overwrite=overwrite)
        settings.human.print(f"written: {len(writable)} files and the record", markup=False)
    if settings.as_json:
        settings.print_json(
            "holdfast.env-update/1",
            environment=name,
            written=[each.path for each in writable] if write else [],
            before={"version": found.before.version, "digest": found.before.digest, "answers": found.before.answers},
            after=found.rendering.record.model_dump(include={"version", "digest", "answers"}),
            verdict=found.rendering.trial.report.verdict,
            files=[each.document() for each in found.files],
        )


def _show(settings: Settings, found: Update) -> None:
    for each in found.files:
        if each.state is not FileState.SAME:
            settings.human.print(f"{each.path}: {WORDS[each.state]}", markup=False, soft_wrap=True)
            click.echo(each.diff, nl=False)
    differing = sum(each.state is not FileState.SAME for each in found.files)
    settings.human.print(
        f"{found.before.template}, version {found.before.version} → {found.rendering.record.version}: "
        f"{differing} of {len(found.files)} files differ",
        markup=False,
        soft_wrap=True,
    )


def _agreed(count: int) -> bool:
    return sys.stdin.isatty() and click.confirm(f"write {count} files and the record?", default=False, err=True)


def show_templates(settings: Settings) -> None:
    """A line about each template."""
    found = list_templates(settings.environments)
    if settings.as_json:
        listed = [{"name": each.name, "version": each.version, "description": each.description} for each in found]
        settings.print_json("holdfast.env-templates/1", templates=listed)
        return
    rows = [(each.name, str(each.version), each.description) for each in found]
    click.echo(columns([("TEMPLATE", "VERSION", "FOR"), *rows]))


def show_questions(settings: Settings, name: str) -> None:
    """What a template asks."""
    template = find_template(name, settings.environments)
    if settings.as_json:
        questions = [each.model_dump(mode="json") for each in template.questions]
        settings.print_json(
            "holdfast.env-template/1", name=name, version=template.version, digest=template.digest, questions=questions
        )
        return
    rows = [(each.name, each.default, each.allowed_text, each.help) for each in template.questions]
    click.echo(columns([("QUESTION", "DEFAULT", "ALLOWED", "ABOUT"), *rows]))
