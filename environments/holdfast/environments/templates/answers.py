"""From `--set question=answer`, what was answered before, prompts and defaults to one answer a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from holdfast.environments.faults import did_you_mean
from holdfast.environments.templates.catalogue import Template
from holdfast.environments.templates.errors import BadAnswer, UnknownQuestion
from holdfast.environments.templates.question import Answer, Question

Ask = Callable[[Question, str], str]
"""Asks somebody a question, offering a default, and returns an answer the question accepts."""


def parse_settings(pairs: Sequence[str]) -> dict[str, str]:
    """The answers given as `question=answer`.

    Raises:
        BadAnswer: one is not written like that, or a question is answered twice.
    """
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name or name in given:
            raise BadAnswer(value=pair)
        given[name] = value
    return given


def answer_all(
    template: Template, given: Mapping[str, str], *, recorded: Mapping[str, str] | None = None, ask: Ask | None = None
) -> dict[str, Answer]:
    """One answer for each question: what is given, else what was answered before, else what is asked, else the default.

    Args:
        template: whose questions.
        given: answers by question, as written.
        recorded: what was answered before; answers to questions that are no longer asked are passed over.
        ask: asks what is neither given nor recorded; by default the default is taken.

    Raises:
        UnknownQuestion: an answer to what is not asked.
        AnswerNotAllowed: an answer that is not allowed.
    """
    names = [each.name for each in template.questions]
    for name in given:
        if name not in names:
            hint = did_you_mean(name, names) or "`holdfast env templates` says what each is about"
            raise UnknownQuestion(hint=hint, name=template.name, value=name, allowed=", ".join(names))
    known = {**(recorded or {}), **given}
    parsed = {name: each.parse(known[name]) for each in template.questions if (name := each.name) in known}
    for each in template.questions:
        if each.name not in parsed:
            parsed[each.name] = each.parse(ask(each, each.default) if ask else each.default)
    return {name: parsed[name] for name in names}
