"""The authenticator of a sandbox's made-up people: it knows the seeds of their MFA devices and shows the codes.

A real one is a program on another device. This one keeps the seeds beside the run they are good for, for the owner of
the machine only, and goes with it; the seed can also be given to a real one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from holdfast.clock import Clock
from holdfast.errors import Source
from holdfast.json_files import read_json
from holdfast.sandbox.errors import SandboxNotWritable, SandboxRecordDamaged
from holdfast.sandbox.identity.totp import PERIOD, code_in, otpauth, period_of
from holdfast.sandbox.record import folder_of


@dataclass(frozen=True)
class Device:
    """An MFA device of a made-up person.

    Args:
        serial: its serial number, an ARN.
        seed: what codes are made from, in Base32. Never printed by `repr`.
    """

    serial: str
    seed: str = field(repr=False)

    @property
    def uri(self) -> str:
        """What a real authenticator takes."""
        return otpauth(self.serial, self.seed)

    def code(self, clock: Clock) -> str:
        """What it shows now."""
        return code_in(self.seed, period_of(clock.now()))

    def shown_for(self, clock: Clock) -> timedelta:
        """How long it still shows that."""
        return timedelta(seconds=PERIOD - int(clock.now().timestamp()) % PERIOD)


def device_serial(account: str, name: str) -> str:
    """The serial number of the device that `Authenticator.device` gives a person."""
    return f"arn:aws:iam::{account}:mfa/{name}"


@dataclass(frozen=True)
class Authenticator:
    """The devices of one run of the sandbox.

    Args:
        home: Holdfast's folder.
        run: id of the run.
        clock: decides which code is shown.
    """

    home: Path
    run: str
    clock: Clock

    def device(self, name: str, account: str, iam: Callable[[], Any]) -> Device:
        """The device of an IAM user, made and enabled where there is none.

        Args:
            name: of the user.
            account: whose user.
            iam: makes the boto3 client to make it with, as somebody who may.

        Raises:
            SandboxNotWritable, SandboxRecordDamaged: the seed cannot be kept, or was changed.
            botocore.exceptions.ClientError: IAM refuses.
        """
        serial = device_serial(account, name)
        seeds = self._read()
        if serial not in seeds:
            made = iam().create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
            seeds[serial] = made["Base32StringSeed"].decode()
            period = period_of(self.clock.now())
            iam().enable_mfa_device(
                UserName=name,
                SerialNumber=serial,
                AuthenticationCode1=code_in(seeds[serial], period - 1),
                AuthenticationCode2=code_in(seeds[serial], period),
            )
            self._write(seeds)
        return Device(serial, seeds[serial])

    @property
    def _path(self) -> Path:
        return folder_of(self.home) / "runs" / self.run / "authenticator.json"

    def _read(self) -> dict[str, str]:
        try:
            document = read_json(self._path)
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise SandboxRecordDamaged(problem=error, source=Source(self._path)) from error
        if not isinstance(document, dict) or not all(isinstance(each, str) for each in document.values()):
            raise SandboxRecordDamaged(problem="it holds no seeds", source=Source(self._path))
        return document

    def _write(self, seeds: dict[str, str]) -> None:
        partial = self._path.with_suffix(".partial")
        try:
            partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(seeds, file, indent=2)
            partial.replace(self._path)
        except OSError as error:
            raise SandboxNotWritable(path=self._path, reason=error.strerror or error) from error
