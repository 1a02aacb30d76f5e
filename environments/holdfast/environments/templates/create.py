"""A new environment: rendered, tried, and written all at once or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from holdfast.environments.errors import BadEnvironmentName
from holdfast.environments.layers import is_name
from holdfast.environments.templates.catalogue import Template
from holdfast.environments.templates.errors import TemplateNotUsable
from holdfast.environments.templates.facts import first_facts, second_facts
from holdfast.environments.templates.place import Place
from holdfast.environments.templates.question import Answer, as_written
from holdfast.environments.templates.record import Record, make_record
from holdfast.environments.templates.rendering import render
from holdfast.environments.templates.trial import Trial, try_environment
from holdfast.environments.templates.writing import write_new


@dataclass(frozen=True)
class Rendering:
    """What a template makes of its answers.

    Attributes:
        files: path below the root to text, the environment file first, without the record.
        placeholders: questions whose answer is still made up.
    """

    trial: Trial
    files: dict[str, str]
    record: Record
    placeholders: tuple[str, ...]


@dataclass(frozen=True)
class Created:
    """A new environment.

    Attributes:
        paths: what was written (or would be), below the root; the record last.
    """

    rendering: Rendering
    paths: tuple[str, ...]


def render_environment(
    name: str, template: Template, answers: dict[str, Answer], place: Place, now: datetime
) -> Rendering:
    """Render every file and try the environment; nothing is written.

    Raises:
        BadEnvironmentName: the name is no name of an environment.
        AnswersMakeNoEnvironment, AnswersBreakPromises: the answers do not go together.
        TemplateNotUsable: the template is damaged.
    """
    if not is_name(name):
        raise BadEnvironmentName(environment=name)
    facts = first_facts(name, template, answers, place)
    own = render(template.name, template.environment, facts)
    trial = try_environment(name, template.name, own, now)
    facts |= second_facts(trial.environment, answers)
    files = {place.environment_file(name): own}
    for folder, each in template.files:
        if each.applies(answers):
            target = each.target.replace("{name}", name)
            if target in files or target == place.record_file(name):
                raise TemplateNotUsable(name=template.name, problem=f"two of its files are {target}")
            files[target] = render(template.name, folder / each.source, facts)
    record = make_record(name, template, answers, files, depth=place.depth)
    made_up = [
        each.name for each in template.questions if each.placeholder and as_written(answers[each.name]) == each.default
    ]
    return Rendering(trial, files, record, tuple(made_up))


def create(
    name: str, template: Template, answers: dict[str, Answer], place: Place, now: datetime, *, dry_run: bool = False
) -> Created:
    """Make a new environment.

    Args:
        name: of the environment.
        template: to make it from.
        answers: one for each of its questions.
        place: where the files go.
        now: the moment proofs are made for.
        dry_run: write nothing.

    Raises:
        AlreadyThere: a file is there already; nothing is written.
        CannotWriteEnvironment: a file cannot be written; nothing is.
        BadEnvironmentName, AnswersMakeNoEnvironment, AnswersBreakPromises, TemplateNotUsable: see
            `render_environment`.
    """
    rendering = render_environment(name, template, answers, place, now)
    files = rendering.files | {place.record_file(name): rendering.record.text()}
    if not dry_run:
        write_new({place.root / path: text for path, text in files.items()}, name=name)
    return Created(rendering, tuple(files))
