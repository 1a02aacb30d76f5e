"""What an answer may be, and where answers come from."""

from __future__ import annotations

import pytest

from holdfast.environments.templates.answers import answer_all, parse_settings
from holdfast.environments.templates.catalogue import find_template
from holdfast.environments.templates.errors import AnswerNotAllowed, BadAnswer, UnknownQuestion
from holdfast.environments.templates.question import AnswerType, Question


def question(kind: AnswerType, **more) -> Question:
    default = {"choice": "one", "flag": "true", "account": "111111111111", "region": "us-east-1"}.get(kind, "acme")
    return Question(name="it", type=kind, default=default, help="It", **more)


@pytest.mark.parametrize(
    ("asked", "written", "answer"),
    [
        (question(AnswerType.SLUG), "my-company2", "my-company2"),
        (question(AnswerType.ACCOUNT), "012345678901", "012345678901"),
        (question(AnswerType.REGION), "us-gov-west-1", "us-gov-west-1"),
        (question(AnswerType.CHOICE, allowed=("one", "two")), "two", "two"),
        (question(AnswerType.FLAG), "false", False),
        (question(AnswerType.FLAG), "true", True),
        (question(AnswerType.TEXT), "Zoë: on call", "Zoë: on call"),
        (question(AnswerType.TEXT, pattern="[a-z]+/[a-z]+"), "a/b", "a/b"),
    ],
)
def test_an_answer_becomes_a_value(asked, written, answer):
    assert asked.parse(written) == answer


@pytest.mark.parametrize(
    ("asked", "written", "allowed"),
    [
        (question(AnswerType.SLUG), "My Company", "2 to 40 of a-z"),
        (question(AnswerType.SLUG), "acme\n", "2 to 40 of a-z"),
        (question(AnswerType.ACCOUNT), "1234", "12 digits"),
        (question(AnswerType.ACCOUNT), "١٢٣٤٥٦٧٨٩٠١٢", "12 digits"),
        (question(AnswerType.REGION), "frankfurt", "an AWS Region such as"),
        (question(AnswerType.CHOICE, allowed=("one", "two")), "three", "one, two"),
        (question(AnswerType.FLAG), "yes", "true or false"),
        (question(AnswerType.FLAG), "True", "true or false"),
        (question(AnswerType.TEXT), "", "a line of 1 to 200 characters"),
        (question(AnswerType.TEXT), "   ", "a line of 1 to 200 characters"),
        (question(AnswerType.TEXT), "two\nlines", "a line of 1 to 200 characters"),
        (question(AnswerType.TEXT), "x" * 201, "a line of 1 to 200 characters"),
        (question(AnswerType.TEXT), "bell\x07", "a line of 1 to 200 characters"),
        (question(AnswerType.TEXT, pattern="[a-z]+"), "a b", r"matching \[a-z\]\+"),
    ],
)
def test_any_other_answer_is_refused_with_what_is_allowed(asked, written, allowed):
    with pytest.raises(AnswerNotAllowed, match=f"it: .* is not allowed; allowed: .*{allowed}"):
        asked.parse(written)


def test_a_misspelled_choice_is_guessed_at():
    with pytest.raises(AnswerNotAllowed) as refused:
        question(AnswerType.CHOICE, allowed=("one", "github")).parse("githup")

    assert refused.value.hint == "did you mean github?"


def test_settings_are_question_and_answer():
    assert parse_settings(["a=1", "b=x=y"]) == {"a": "1", "b": "x=y"}


@pytest.mark.parametrize("pairs", [["a"], ["=1"], [""], ["a=1", "a=2"]])
def test_other_settings_are_refused(pairs):
    with pytest.raises(BadAnswer, match="allowed: question=answer, each question once"):
        parse_settings(pairs)


@pytest.fixture
def starter(tmp_path):
    return find_template("starter", tmp_path)


def test_what_is_given_goes_before_what_was_recorded_and_that_before_what_is_asked(starter):
    asked = []

    def ask(each, default):
        asked.append(each.name)
        return "daily" if each.name == "drills" else default

    answers = answer_all(starter, {"rpo": "6h"}, recorded={"rpo": "24h", "keep": "90d", "gone": "x"}, ask=ask)

    assert (answers["rpo"], answers["keep"], answers["drills"]) == ("6h", "90d", "daily")
    assert {"rpo", "keep", "gone"}.isdisjoint(asked)
    assert list(answers) == [each.name for each in starter.questions]


def test_a_recorded_answer_that_is_allowed_no_more_is_refused(starter):
    with pytest.raises(AnswerNotAllowed, match="keep: '2d' is not allowed"):
        answer_all(starter, {}, recorded={"keep": "2d"})


def test_an_answer_to_what_is_not_asked_names_what_is(starter):
    with pytest.raises(UnknownQuestion, match=r"does not ask for 'regoin'.*primary_region.*keep"):
        answer_all(starter, {"regoin": "x"})
