"""A question of a template, as data: what kind of answer it takes, and what an answer may be."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from holdfast.environments.faults import did_you_mean
from holdfast.environments.fields import Flag, Strict
from holdfast.environments.templates.errors import AnswerNotAllowed

Answer: TypeAlias = str | bool

LONGEST_TEXT = 200


class AnswerType(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    SLUG = "slug"
    ACCOUNT = "account"
    REGION = "region"
    CHOICE = "choice"
    FLAG = "flag"


_SHAPES = {
    AnswerType.SLUG: (r"[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 of a-z, 0-9 and -, beginning with a letter"),
    AnswerType.ACCOUNT: (r"[0-9]{12}", "12 digits"),
    AnswerType.REGION: (r"[a-z]{2}(-[a-z]+)+-[0-9]", "an AWS Region such as eu-central-1"),
    AnswerType.FLAG: (r"true|false", "true or false"),
}


class Question(Strict):
    """One question. `default` is written as an answer would be."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$", description="Name of the question: a-z and _")]
    type: AnswerType = Field(description="What kind of answer it takes")
    default: str = Field(description="The answer when none is given")
    allowed: tuple[str, ...] = Field(default=(), description="Of a choice: the answers there are")
    pattern: str | None = Field(default=None, description="Of a text: a regular expression all of it matches")
    placeholder: Flag = Field(default=False, description="The default is made up and has to be replaced before use")
    help: str = Field(min_length=1, description="What it is about, in a sentence")

    @property
    def allowed_text(self) -> str:
        """What an answer may be, in words."""
        if self.type is AnswerType.CHOICE:
            return ", ".join(self.allowed)
        if self.type is AnswerType.TEXT:
            text = f"a line of 1 to {LONGEST_TEXT} characters"
            return f"{text}, matching {self.pattern}" if self.pattern else text
        return _SHAPES[self.type][1]

    def parse(self, written: str) -> Answer:
        """The answer as a value.

        Raises:
            AnswerNotAllowed: it is none of those allowed.
        """
        if not self._accepts(written):
            hint = did_you_mean(written, self.allowed)
            raise AnswerNotAllowed(hint=hint, question=self.name, value=written, allowed=self.allowed_text)
        return written == "true" if self.type is AnswerType.FLAG else written

    def _accepts(self, written: str) -> bool:
        if self.type is AnswerType.CHOICE:
            return written in self.allowed
        if self.type is AnswerType.TEXT:
            fits = len(written.strip()) > 0 and len(written) <= LONGEST_TEXT and written.isprintable()
            return fits and (self.pattern is None or re.fullmatch(self.pattern, written) is not None)
        return re.fullmatch(_SHAPES[self.type][0], written) is not None


def as_written(answer: Answer) -> str:
    """An answer as one would write it after `--set question=`."""
    return str(answer).lower() if isinstance(answer, bool) else answer
