"""Who hears of an alert."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from holdfast.constructs.limits import matches

_SUBSCRIBE = "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"


@dataclass(frozen=True)
class Subscriber:
    """An endpoint of an SNS topic. Made by `email` or `https`.

    Args:
        protocol: `email` or `https`.
        endpoint: the address. It is stored in the Terraform state and shown in plans, so it must not hold a secret: an
            address with a password or a query is refused, a key in the path cannot be told from a path.

    Raises:
        OutsideLimit: the address is none, or has a password or a query in it.
    """

    protocol: str
    endpoint: str

    def __post_init__(self) -> None:
        pattern, allowed = {
            "email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address"),
            "https": (r"https://[^\s@?#]+", "an https:// address without password, query or fragment"),
        }.get(self.protocol, (r"(?!)", "protocol email or https"))
        matches(
            self.endpoint,
            pattern,
            construct="Subscriber",
            field="endpoint",
            allowed=allowed,
            reference=_SUBSCRIBE,
        )

    @classmethod
    def email(cls, address: str) -> Subscriber:
        """Somebody's mailbox. They have to confirm once, by a link AWS sends."""
        return cls("email", address)

    @classmethod
    def https(cls, address: str) -> Subscriber:
        """A pager or chat that confirms SNS subscriptions by itself."""
        return cls("https", address)

    @property
    def construct_id(self) -> str:
        """A construct id that stays when others come and go."""
        return f"To{self.protocol.title()}{hashlib.sha256(self.endpoint.encode()).hexdigest()[:8]}"
