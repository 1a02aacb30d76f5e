"""What whoever is woken up should do: the words at the end of every alert."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.constructs.limits import matches

_TEMPLATES = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"


@dataclass(frozen=True)
class Response:
    """The runbook and the way up, written into every alarm and every message.

    Args:
        runbook: https address of the page to follow.
        escalation: whom to call when, in a sentence or two; up to 300 characters without quotes, `<`, `>` or `\\`.

    Example::

        Response("https://wiki.acme.com/backups", "After 30 minutes call the head of platform, +1 555 0100.")

    Raises:
        OutsideLimit: the address is not https, or the text cannot be part of an EventBridge template.
    """

    runbook: str
    escalation: str

    def __post_init__(self) -> None:
        matches(
            self.runbook,
            r"https://[^\s\"<>\\]{1,250}",
            construct="Response",
            field="runbook",
            allowed="an address that begins with https://, up to 258 characters",
            reference=_TEMPLATES,
        )
        matches(
            self.escalation,
            r"[^\"<>\\\n\r]{1,300}",
            construct="Response",
            field="escalation",
            allowed='1 to 300 characters on one line, without " < > \\',
            reference=_TEMPLATES,
        )

    def after(self, what: str) -> str:
        """`what`, then the runbook and the way up."""
        return f"{what} Runbook: {self.runbook} Escalation: {self.escalation}"
