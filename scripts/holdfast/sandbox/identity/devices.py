"""MFA devices of the emulator, made real: a seed that authenticators take, and codes that are checked and count once.

The emulator keeps virtual devices and whose they are. Its seeds are no Base32, it enables a device with any two codes,
and its STS asks for none.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from holdfast.clock import Clock
from holdfast.sandbox.identity.totp import code_in, new_seed, period_of

Parameters = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[Parameters], Answer]


@dataclass
class Devices:
    """The virtual devices of the account a request is for.

    Args:
        iam: the emulator's IAM.
        clock: decides which code is shown.
    """

    iam: Any
    clock: Clock
    _newest: dict[str, int] = field(default_factory=dict)
    """By serial number and seed, the newest period a code was accepted of: no code up to it counts again."""

    def creating(self, create: Handler) -> Handler:
        """`CreateVirtualMFADevice`, with a seed of 160 random bits in Base32."""

        def answer(parameters: Parameters) -> Answer:
            known = set(self.iam._mfa_devices)
            status, headers, body = create(parameters)
            for serial in set(self.iam._mfa_devices) - known:
                device = self.iam._mfa_devices[serial]
                before, device["Base32StringSeed"] = device["Base32StringSeed"], new_seed()
                body = body.replace(_blob(before), _blob(device["Base32StringSeed"]))
            return status, headers, body

        return answer

    def enabling(self, enable: Handler) -> Handler:
        """`EnableMFADevice`, which takes two codes that the device showed one after the other."""

        def answer(parameters: Parameters) -> Answer:
            serial, codes = _given(parameters, "SerialNumber"), _codes(parameters)
            device = self.iam._mfa_devices.get(serial)
            if device is not None and device["User"] is None and not self._follow(serial, *codes):
                text = f"Authentication code for device is not valid: {serial}"
                refused: Answer = self.iam._error(403, "InvalidAuthenticationCode", text, ns="iam")
                return refused
            return enable(parameters)

        return answer

    def accepts(self, serial: str, user: str, code: str) -> bool:
        """Whether this is the user's own device, and a code it shows about now that was not used before.

        A code of the period before or after counts as well, since nobody's clock is exact; none counts twice, nor one
        that was shown before the one accepted last (RFC 6238, section 5.2).
        """
        device = self.iam._mfa_devices.get(serial)
        if device is None or not user or device["User"] != user:
            return False
        now = period_of(self.clock.now())
        for period in (now - 1, now, now + 1):
            if period > self._newest_of(serial) and hmac.compare_digest(self._shown(serial, period), code):
                self._newest[self._name(serial)] = period
                return True
        return False

    def _follow(self, serial: str, first: str, second: str) -> bool:
        now = period_of(self.clock.now())
        for period in range(now - 2, now + 2):
            shown = self._shown(serial, period), self._shown(serial, period + 1)
            if all(hmac.compare_digest(*pair) for pair in zip(shown, (first, second), strict=True)):
                return True
        return False

    def _shown(self, serial: str, period: int) -> str:
        return code_in(self.iam._mfa_devices[serial]["Base32StringSeed"], period)

    def _newest_of(self, serial: str) -> int:
        return self._newest.get(self._name(serial), -1)

    def _name(self, serial: str) -> str:
        """A device that was deleted and made again is another one."""
        return f"{serial} {self.iam._mfa_devices[serial]['Base32StringSeed']}"


def _blob(seed: str) -> bytes:
    return base64.b64encode(seed.encode())


def _given(parameters: Parameters, name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _codes(parameters: Parameters) -> tuple[str, str]:
    """Both codes, in ASCII so that they can be compared in constant time."""
    first, second = (_given(parameters, f"AuthenticationCode{number}") for number in (1, 2))
    return first.encode("ascii", "replace").decode(), second.encode("ascii", "replace").decode()
