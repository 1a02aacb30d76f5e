"""What the emulator is left to answer: the request as it came, signature and all, and its answer as it comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import urllib3

from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Answer, Incoming

_SECONDS = 60.0
_CONNECTIONS = 16
_OF_THE_CONNECTION = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})

Forward = Callable[[Incoming], Answer]


def to_emulator(address: Callable[[], str], bundle: Path) -> Forward:
    """Requests go to the emulator at `address`, over TLS with the certificate of the run."""
    pool = urllib3.PoolManager(ca_certs=str(bundle), maxsize=_CONNECTIONS, timeout=_SECONDS)

    def forward(incoming: Incoming) -> Answer:
        headers = {name: value for name, value in incoming.headers if name.lower() != "connection"}
        try:
            answer = pool.request(
                incoming.method,
                f"{address()}{incoming.target}",
                body=incoming.body,
                headers=headers,
                retries=False,
                redirect=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise ServiceAnswer("Unavailable", f"the emulator does not answer: {type(error).__name__}", 503) from error
        told = {name: value for name, value in answer.headers.items() if name.lower() not in _OF_THE_CONNECTION}
        return Answer(answer.status, answer.data, told)

    return forward
