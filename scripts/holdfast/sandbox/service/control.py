"""The sandbox's own door beside AWS's APIs: is the service up, which faults are on, and what else it lets one do.

Everything but the health needs the secret of the run, which only the sandbox's own files hold.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.faults import BadFault, Faults
from holdfast.sandbox.service.values import Answer, Values

PREFIX = "/_holdfast/"
HEALTH, FAULTS = f"{PREFIX}health", f"{PREFIX}faults"

Door = Callable[[Values], Values]
"""Answers a request of the sandbox's own; a `ServiceAnswer`, `ValueError`, `KeyError` or `TypeError` is refused."""


@dataclass
class Control:
    """The door of one service.

    Args:
        service: its name, repeated by the health.
        run: id of the sandbox's run, repeated by the health.
        secret: the run's secret, expected as a bearer token.
        faults: what can be switched on.
        doors: what else there is, by path below `PREFIX`; asked with POST.
    """

    service: str
    run: str
    secret: str
    faults: Faults
    doors: Mapping[str, Door] = field(default_factory=dict)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request to one of these paths; `headers` with names in lower case."""
        if (method, target) == ("GET", HEALTH):
            return _json(200, {"service": self.service, "run": self.run})
        if not hmac.compare_digest(headers.get("authorization", "").encode(), f"Bearer {self.secret}".encode()):
            return _json(403, {"message": "not the secret of this run"})
        try:
            document = json.loads(body) if body.strip() else {}
            if (method, target) == ("PUT", FAULTS):
                self.faults.switch_on([self.faults.vocabulary.read(each) for each in document["faults"]])
            if target == FAULTS and method in {"GET", "PUT"}:
                return _json(200, {"faults": self.faults.document()})
            door = self.doors.get(target.removeprefix(PREFIX))
            if door and method == "POST":
                return _json(200, door(document))
        except BadFault as error:
            return _json(400, {"message": str(error)})
        except ServiceAnswer as error:
            return _json(error.status, {"message": error.message})
        except (ValueError, KeyError, TypeError) as error:
            return _json(400, {"message": f"not understood: {type(error).__name__}: {error}"})
        return _json(404, {"message": f"nothing at {method} {target}"})


def _json(status: int, document: Values) -> Answer:
    return Answer(status, json.dumps(document).encode(), {"Content-Type": "application/json"})
