"""One API of a service: what a call needs, and what it does. Everything between that and HTTP is here."""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from dataclasses import dataclass

from holdfast.sandbox.service.authorization import Asks, Decide, authorize
from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.faults import ERROR, Faults
from holdfast.sandbox.service.protocol import Protocol
from holdfast.sandbox.service.values import Answer, Call, Caller, Incoming, Place, Values


@dataclass(frozen=True)
class Host:
    """What the APIs of one service work with.

    Args:
        account: the account of the sandbox.
        decide: who may do what.
        faults: what goes wrong on purpose.
    """

    account: str
    decide: Decide
    faults: Faults


class Api(ABC):
    """One API.

    Args:
        protocol: how it is spoken.
        host: what it works with.
    """

    def __init__(self, protocol: Protocol, host: Host) -> None:
        self.protocol, self.host = protocol, host

    @property
    def signed_for(self) -> str:
        """The service its requests are signed for."""
        return str(self.protocol.model.signing_name)

    @abstractmethod
    def asks(self, call: Call, place: Place) -> Asks:
        """What the caller of an operation has to be allowed; the first action's resource is what a fault strikes."""

    @abstractmethod
    def carry_out(self, call: Call, caller: Caller, place: Place) -> Values:
        """Do what an operation does.

        Raises:
            ServiceAnswer: an error of the service's own; `not_served` for an operation it has not.
        """

    def answer(self, incoming: Incoming) -> Answer:
        """Answer one request; whatever goes wrong is an answer, too."""
        try:
            return self.called(incoming)
        except ServiceAnswer as error:
            return self.protocol.refuse(error)
        except Exception as error:  # noqa: BLE001  a service answers 500 and goes on
            traceback.print_exc()
            return self.protocol.refuse(ServiceAnswer("InternalFailure", f"{type(error).__name__}: {error}", 500))

    def called(self, incoming: Incoming) -> Answer:
        """Understand, authorize and carry out a request.

        Raises:
            ServiceAnswer: one of the three says no.
        """
        call = self.protocol.read(incoming.method, incoming.target, incoming.named, incoming.body)
        caller = authorize(
            self.host.decide,
            incoming,
            self.host.account,
            lambda account: self.asks(call, Place(account, incoming.region)),
            self.protocol.codes.denied,
        )
        place = Place(caller.account, incoming.region)
        self.strike(call, place)
        return self.protocol.write(call.operation, self.carry_out(call, caller, place))

    def strike(self, call: Call, place: Place) -> None:
        """Let a call meet the error that is switched on for it, if any.

        Raises:
            ServiceAnswer: that error.
        """
        resource = self.asks(call, place).actions[0][1]
        fault = self.host.faults.take(ERROR, resource, operation=call.operation)
        if fault:
            raise ServiceAnswer(fault.code, fault.message, 500 if "Unavailable" in fault.code else 400)


def not_served(operation: str) -> ServiceAnswer:
    """What an operation nobody has written is answered with."""
    return ServiceAnswer("NotImplemented", f"the sandbox does not serve {operation}", 501)
