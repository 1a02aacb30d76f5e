"""Ports the user asked for, by emulator."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.sandbox.emulators import BACKUP, EMULATORS, MINISTACK
from holdfast.sandbox.errors import NotAServicePort

_HIGHEST = 65535


def asked_ports(port: int | None, backup_port: int | None, others: Iterable[str]) -> dict[str, int]:
    """Ports by emulator name.

    Args:
        port: of ministack.
        backup_port: of AWS Backup.
        others: `NAME=PORT` each.

    Raises:
        NotAServicePort: one of the others names no emulator, or no port.
    """
    known = [each.name for each in EMULATORS]
    asked = {name: number for name, number in ((MINISTACK.name, port), (BACKUP.name, backup_port)) if number}
    for text in others:
        name, _, number = text.partition("=")
        if name not in known or not number.isdigit() or not 0 < int(number) <= _HIGHEST:
            raise NotAServicePort(got=text, allowed=", ".join(known))
        asked[name] = int(number)
    return asked
