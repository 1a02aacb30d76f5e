"""The page of what templates ask, written from the templates: `docs/template-questions.md`."""

from __future__ import annotations

from pathlib import Path

from holdfast.environments.templates.catalogue import Template, list_templates
from holdfast.environments.templates.manifest import read_manifest
from holdfast.environments.templates.question import AnswerType, Question

_HEAD = """# What templates ask

Written from the templates by `make docs`; a check fails when it is stale. Each question is answered with
`--set question=answer`; how, and what templates write, is in [templates.md](templates.md). A default marked ✎ is made
up and has to be replaced before anything is applied.
"""
_NOWHERE = Path("nowhere")


def questions_page() -> str:
    """Markdown of every question of the shipped templates: first those all ask, then each template's own."""
    templates = list_templates(_NOWHERE)
    shared = [each for each in templates[0].questions if all(other.question(each.name) == each for other in templates)]
    parts = [_HEAD, _section("All templates", "Asked by every template.", shared)]
    parts += [_section(f"`{each.name}`", f"{each.description}.", _own(each)) for each in templates]
    return "\n".join(parts)


def _own(template: Template) -> list[Question]:
    return list(read_manifest(template.name, template.folder).questions)


def _section(title: str, text: str, questions: list[Question]) -> str:
    rows = [f"| `{each.name}` | {_default(each)} | {_allowed(each)} | {_cell(each.help)} |" for each in questions]
    head = "| question | default | allowed | about |\n|---|---|---|---|"
    return "\n".join([f"## {title}\n\n{text}\n\n{head}", *rows, ""])


def _default(question: Question) -> str:
    return f"`{question.default}`{' ✎' if question.placeholder else ''}"


def _allowed(question: Question) -> str:
    if question.type is AnswerType.CHOICE:
        return ", ".join(f"`{each}`" for each in question.allowed)
    if question.pattern is not None:
        return f"matching `{_cell(question.pattern)}`"
    return _cell(question.allowed_text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
