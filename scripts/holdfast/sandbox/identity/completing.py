"""Put what the emulator leaves out into the emulator, in its own process: nothing outside can decide its policies.

The places are functions of one pinned version. One that is not there stops the sandbox from starting: a sandbox that
lets anybody restore must not look like one that asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from holdfast.clock import Clock, SystemClock
from holdfast.errors import ToolError
from holdfast.sandbox.identity.devices import Devices
from holdfast.sandbox.identity.factors import Factors
from holdfast.sandbox.identity.parameters import remembering, with_namespace
from holdfast.sandbox.identity.variables import Variables

_SYSTEM_CLOCK = SystemClock()


class EmulatorChanged(ToolError):
    """The emulator is not the version this was made for."""

    template = "ministack has no {place}: its IAM cannot be made to check second factors"
    hint = "install the version of ministack that requirements/dev.txt names"


@contextmanager
def completed(clock: Clock = _SYSTEM_CLOCK) -> Iterator[None]:
    """Within, the emulator of this process checks second factors and fills in policy variables.

    Args:
        clock: decides which codes are shown, and how old a second factor is.

    Raises:
        EmulatorChanged: it has no such place.
    """
    from ministack import app  # type: ignore[import-untyped]  # it ships no types
    from ministack.core import iam_evaluator as evaluator  # type: ignore[import-untyped]
    from ministack.core.router import extract_access_key_id  # type: ignore[import-untyped]
    from ministack.services import iam, sts  # type: ignore[import-untyped]

    devices = Devices(iam, clock)
    factors = Factors(iam, sts, extract_access_key_id, devices, clock)
    variables = Variables(_found(evaluator, "_resolve_condition_key"))
    handlers = _found(iam, "_IAM_HANDLERS")
    with ExitStack() as undo:
        for place, name, wrap in (
            (handlers, "CreateVirtualMFADevice", devices.creating),
            (handlers, "EnableMFADevice", devices.enabling),
            (sts, "handle_request", factors.asking),
            (sts, "register_session", factors.registering),
            (sts, "_principal_keys", factors.telling),
            (evaluator, "_principal_keys", factors.telling),
            (app, "pin_signed_body", remembering),
            (evaluator, "_resolve_condition_key", with_namespace),
            (evaluator, "_first_match", variables.in_statements),
            (evaluator, "_conditions_met", variables.in_conditions),
        ):
            before = _found(place, name)
            _put(place, name, wrap(before))
            undo.callback(_put, place, name, before)
        yield


def _found(place: Any, name: str) -> Any:
    found = place.get(name) if isinstance(place, dict) else getattr(place, name, None)
    if found is None:
        raise EmulatorChanged(place=name)
    return found


def _put(place: Any, name: str, value: Any) -> None:
    if isinstance(place, dict):
        place[name] = value
    else:
        setattr(place, name, value)
