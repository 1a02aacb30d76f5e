"""Faults that can be switched on in a service of the sandbox: what goes wrong, where, and how often.

Which effects and damages there are is the service's own (`Vocabulary`); how they are read, kept and used up is the same
for all. They exist in the sandbox only.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from fnmatch import fnmatchcase
from typing import Any

ERROR = "error"
"""The effect every service has: the call of `operation` answers the error `code`."""
_MOST_SECONDS = 10**7


class BadFault(Exception):
    """A fault nobody could switch on."""


@dataclass(frozen=True)
class Fault:
    """One fault.

    Args:
        effect: what goes wrong.
        job: the kind of work it strikes, such as `backup`; any when empty.
        operation: the API operation, for `error`.
        resource: pattern of the ARN it strikes.
        how: the damage.
        seconds: for effects that take or shift time.
        message: status message, or the error's text.
        code: the error's name.
        times: how often it happens; 0 for always.
    """

    effect: str
    job: str = ""
    operation: str = ""
    resource: str = "*"
    how: str = ""
    seconds: float = 0.0
    message: str = "Fault switched on in the sandbox"
    code: str = "ServiceUnavailableException"
    times: int = 0

    def document(self) -> dict[str, Any]:
        """The fault as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Vocabulary:
    """What can go wrong in one service.

    Args:
        effects: what each effect does, for the docs and for whoever misspells one.
        damages: ways content can be damaged, the usual one first.
        jobs: kinds of work a fault can be kept to.
    """

    effects: Mapping[str, str]
    damages: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()

    def read(self, document: object) -> Fault:
        """Read a fault.

        Raises:
            BadFault: naming what is wrong and what is allowed.
        """
        known = {field.name: field for field in fields(Fault)}
        if not isinstance(document, dict) or "effect" not in document:
            raise BadFault(f"a fault is an object with an effect; allowed: {', '.join(self.effects)}")
        for name in document:
            if name not in known:
                raise BadFault(f"a fault has no {name!r}; allowed: {', '.join(known)}")
        usual = self.damages[0] if self.damages else ""
        try:
            numbers = {"seconds": float(document.get("seconds", 0.0)), "times": int(document.get("times", 0))}
        except (ValueError, TypeError) as error:
            raise BadFault(f"{error}; allowed: seconds and times are numbers") from None
        fault = Fault(**{"how": usual, **document, **numbers})
        for what, value, allowed in (
            ("effect", fault.effect, tuple(self.effects)),
            ("damage", fault.how, self.damages or ("",)),
            ("job", fault.job, ("", *self.jobs)),
        ):
            if value not in allowed:
                raise BadFault(f"{what} {value!r}; allowed {what}s: {', '.join(filter(None, allowed)) or 'none'}")
        texts = (fault.operation, fault.resource, fault.message, fault.code)
        if not all(isinstance(each, str) for each in texts):
            raise BadFault("operation, resource, message and code; allowed: text")
        if not 0 <= fault.seconds <= _MOST_SECONDS or fault.times < 0:
            raise BadFault(f"seconds are 0 to {_MOST_SECONDS}, times 0 or more")
        return fault


class Faults:
    """The faults that are switched on. Safe to use from several threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._on: list[Fault] = []
        self._lock = threading.Lock()

    def switch_on(self, faults: list[Fault]) -> None:
        """Switch these on, and all others off."""
        with self._lock:
            self._on = list(faults)

    def document(self) -> list[dict[str, Any]]:
        """Those that are on."""
        with self._lock:
            return [each.document() for each in self._on]

    def take(self, effect: str, resource: str, *, job: str = "", operation: str = "") -> Fault | None:
        """The fault of this effect that strikes here, if any; one that strikes a number of times is used up by it."""
        with self._lock:
            for place, each in enumerate(self._on):
                strikes = (
                    each.effect == effect
                    and each.job in {"", job}
                    and (effect != ERROR or each.operation == operation)
                    and fnmatchcase(resource, each.resource)
                )
                if strikes:
                    if each.times == 1:
                        del self._on[place]
                    elif each.times:
                        self._on[place] = replace(each, times=each.times - 1)
                    return each
        return None
