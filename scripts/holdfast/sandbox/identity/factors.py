"""Second factors in the emulator's STS: `SerialNumber` and `TokenCode` are checked, and policies hear of it.

As at AWS, `AssumeRole` with a code tells the trust policy of the role (`aws:MultiFactorAuthPresent`, and an age of
nothing), and the session it gives out says nothing of MFA. `GetSessionToken` with a code gives out a session of the
user's that says so wherever it is used, with the seconds since (`aws:MultiFactorAuthAge`).

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from holdfast.clock import Clock
from holdfast.sandbox.identity.devices import Answer, Devices

PRESENT, AGE = "aws:multifactorauthpresent", "aws:multifactorauthage"
_ASKED = ("AssumeRole", "GetSessionToken")
_WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
_HALF = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. "
_GIVEN_AT = "MfaAt"

_given: ContextVar[bool] = ContextVar("holdfast_second_factor", default=False)

Service = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Answer]]


@dataclass(frozen=True)
class Factors:
    """What the emulator's STS is made to do.

    Args:
        iam: the emulator's IAM.
        sts: its STS.
        key_of: finds the access key of a request.
        devices: whose codes count.
        clock: decides how old a factor is.
    """

    iam: Any
    sts: Any
    key_of: Callable[[dict[str, str], dict[str, Any]], str]
    devices: Devices
    clock: Clock

    def asking(self, serve: Service) -> Service:
        """The service, refusing wrong codes before anything else is looked at."""

        async def answer(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
            asked = {**query, **parse_qs(body.decode("utf-8", "replace"))} if method == "POST" else dict(query)
            action, serial, code = (_first(asked, name) for name in ("Action", "SerialNumber", "TokenCode"))
            if action not in _ASKED or not (serial or code):
                return await serve(method, path, headers, body, query)
            if not (serial and code):
                return self._refused(_HALF)
            if not self.devices.accepts(serial, self._user(headers, query), code):
                return self._refused(_WRONG)
            token = _given.set(True)
            try:
                return await serve(method, path, headers, body, query)
            finally:
                _given.reset(token)

        return answer

    def registering(self, register: Callable[[str, dict[str, Any]], None]) -> Callable[[str, dict[str, Any]], None]:
        """A session of a user's own remembers when the code was given; one of a role does not."""

        def answer(access_key: str, session: dict[str, Any]) -> None:
            if _given.get() and session.get("PrincipalType") == "User":
                session[_GIVEN_AT] = self.clock.now().timestamp()
            register(access_key, session)

        return answer

    def telling(self, keys_of: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
        """The condition keys that describe the caller, those of the second factor among them."""

        def answer(credential: Any) -> dict[str, Any]:
            keys = keys_of(credential)
            at = (self.sts._sessions.get(credential.access_key_id) or {}).get(_GIVEN_AT)
            if _given.get() and credential.principal_type == "User":
                keys |= {PRESENT: "true", AGE: "0"}
            elif at is not None:
                keys |= {PRESENT: "true", AGE: str(int(self.clock.now().timestamp() - at))}
            return keys

        return answer

    def _user(self, headers: dict[str, str], query: dict[str, Any]) -> str:
        """Name of the IAM user who signed with a key of their own: nobody else has a device."""
        record = self.iam._access_keys.get(self.key_of(headers, query)) or {}
        return str(record.get("UserName", ""))

    def _refused(self, text: str) -> Answer:
        refused: Answer = self.iam._error(403, "AccessDenied", text, ns="sts")
        return refused


def _first(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name, "")
    text = str(value[0] if isinstance(value, list) and value else value)
    return text if text.isascii() else "?"
