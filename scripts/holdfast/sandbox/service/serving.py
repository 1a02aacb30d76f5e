"""A service: its APIs and its door, told apart by what a request is signed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.sandbox.service.api import Api
from holdfast.sandbox.service.control import PREFIX, Control
from holdfast.sandbox.service.credential import scope_of
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Answer, Incoming


@dataclass(frozen=True)
class Service:
    """A service without its HTTP.

    Args:
        control: the sandbox's own door.
        apis: what it serves; the first one refuses what is signed for none of them.
    """

    control: Control
    apis: Sequence[Api]

    def answer(self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
        """Answer one request; whatever goes wrong is an answer, too."""
        incoming = Incoming(method, target, headers, body, "")
        if target.startswith(PREFIX):
            return self.control.answer(method, target, incoming.named, body)
        scope = scope_of(incoming.named.get("authorization", ""))
        api = next((each for each in self.apis if scope and each.signed_for == scope.service), None)
        if scope is None or api is None:
            error = ServiceAnswer("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
            return self.apis[0].protocol.refuse(error)
        return api.answer(Incoming(method, target, headers, body, scope.region))
