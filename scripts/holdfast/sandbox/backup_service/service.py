"""One request in, one answer out: understood by the model, authorized, carried out."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.sandbox.backup_service.arns import Home
from holdfast.sandbox.backup_service.authorization import Decide, Incoming, authorize, resource_of
from holdfast.sandbox.backup_service.control import PREFIX, control
from holdfast.sandbox.backup_service.credential import region
from holdfast.sandbox.backup_service.errors import ServiceAnswer
from holdfast.sandbox.backup_service.faults import Effect
from holdfast.sandbox.backup_service.protocol import Answer, Call, Protocol
from holdfast.sandbox.backup_service.served import SERVED
from holdfast.sandbox.backup_service.world import Request, World


@dataclass
class Service:
    """AWS Backup, without its HTTP.

    Args:
        decide: who may do what.
        run: id of the sandbox's run.
        secret: secret of the run.
    """

    world: World
    decide: Decide
    run: str
    secret: str

    def __post_init__(self) -> None:
        self._protocol = Protocol()

    def answer(self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
        """Answer one request; whatever goes wrong is an answer, too."""
        named = {name.lower(): value for name, value in headers}
        if target.startswith(PREFIX):
            return control(self.world, self.run, self.secret, method, target, named, body)
        try:
            return self._call(method, target, headers, named, body)
        except ServiceAnswer as error:
            return self._protocol.refuse(error)
        except Exception as error:  # noqa: BLE001  a service answers 500 and goes on
            traceback.print_exc()
            return self._protocol.refuse(ServiceAnswer("InternalFailure", f"{type(error).__name__}: {error}", 500))

    def _call(
        self, method: str, target: str, headers: Sequence[tuple[str, str]], named: dict[str, str], body: bytes
    ) -> Answer:
        where = region(named.get("authorization", ""))
        if where is None:
            raise ServiceAnswer("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
        call = self._protocol.read(method, target, named, body)
        incoming = Incoming(method, target, [(name.lower(), value) for name, value in headers], body, where)
        caller = authorize(self.decide, self.world, call, incoming)
        home = Home(caller.account, where)
        self._strike(call, home)
        serve = SERVED.get(call.operation)
        if serve is None:
            raise ServiceAnswer("NotImplemented", f"the sandbox does not serve {call.operation}", 501)
        with self.world.lock:
            result = serve(Request(call.operation, call.given, home, caller.arn, self.world))
        return self._protocol.write(call.operation, result)

    def _strike(self, call: Call, home: Home) -> None:
        fault = self.world.faults.take(Effect.ERROR, resource_of(call, home), operation=call.operation)
        if fault:
            raise ServiceAnswer(fault.code, fault.message, 500 if "Unavailable" in fault.code else 400)
