"""What AWS says now, question by question. What cannot be asked is named, never left out in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from holdfast.aws.errors import CredentialsExpired, CredentialsMissing, ServiceUnreachable
from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.capture.canonical import document
from holdfast.capture.questions import QUESTIONS, Question
from holdfast.capture.redaction import scrubbed
from holdfast.errors import ServiceError


@dataclass(frozen=True)
class NotCaptured:
    """Something that should be in a capture and is not."""

    path: str
    because: str

    def document(self) -> dict[str, str]:
        """As plain JSON values."""
        return {"path": self.path, "because": self.because}


@dataclass
class Live:
    """What AWS answered.

    Args:
        documents: the files of a capture, by path.
        missing: what it did not answer, and why.
        lost: paths nobody asked for because their Region is taken for lost.
    """

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: list[NotCaptured] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def ask_aws(sessions: Sessions, account: str, *, say: Callable[[str], None] = lambda _: None) -> Live:
    """Ask everything, as the caller, in both Regions of the environment that are not taken for lost.

    A question that is refused, or that a Region does not serve, is named in the answer and does not keep the others
    back.

    Args:
        sessions: whose environment it is.
        account: the account asked; the answers are of no other.
        say: told each part.

    Raises:
        ServiceError: AWS does not answer, or the credentials are not accepted.
    """
    live, told = Live(), ""
    for question, region in _places(sessions):
        path = question.path(region)
        if question.folder != told:
            told = question.folder
            say(f"ask for {told}")
        if region in sessions.guard.regions:
            live.lost.append(path)
            continue
        try:
            with translated(f"capture {question.name} in {region}"):
                resources = question.ask(sessions.client(question.service, region))
        except (CredentialsExpired, CredentialsMissing, ServiceUnreachable):
            raise
        except ServiceError as error:
            live.missing.append(NotCaptured(path, error.message))
            continue
        live.documents[path] = scrubbed(document(question.name, resources, account=account, region=region))
    return live


def _places(sessions: Sessions) -> Iterator[tuple[Question, str]]:
    """Every question with where it is asked. What has no Region (IAM) is asked in the primary one."""
    regions = sessions.environment.regions
    for question in QUESTIONS:
        for region in (regions.primary,) if question.is_global else (regions.primary, regions.recovery):
            yield question, region


def paths_of(sessions: Sessions) -> tuple[str, ...]:
    """Every path a complete capture of AWS has."""
    return tuple(question.path(region) for question, region in _places(sessions))
