"""The emulators: what each serves, how it is started on loopback and how one sees that it is up.

ministack serves everything that has no row of its own and enforces IAM (`AUTH=true`): an access key of twelve digits is
the root of that account, every other key must belong to a user or a role session, and only those are checked against
policies. The other rows are services of the sandbox's own, which ask ministack's IAM who may call.
"""

from __future__ import annotations

import importlib.util
import json
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.sandbox.certificate import Certificate
from holdfast.sandbox.errors import EmulatorNotInstalled
from holdfast.sandbox.ports import LOOPBACK

_PROBE_SECONDS = 5.0


@dataclass(frozen=True)
class Launch:
    """What an emulator needs to know to start.

    Args:
        home: Holdfast's folder, where the run is recorded.
        folder: where it may write.
        port: where it listens, on 127.0.0.1 only.
        account: the account it serves.
        secret: secret access key of that account's root.
        run: id of the run; the emulator repeats it, so that a stranger on the port is noticed.
        certificate: what it identifies itself with where it speaks TLS.
    """

    home: Path
    folder: Path
    port: int
    account: str
    secret: str
    run: str
    certificate: Certificate


@dataclass(frozen=True)
class Emulator:
    """One program that plays AWS.

    Args:
        name: what it is called in messages and log files.
        package: the Python package it comes in.
        module: the Python module that runs it.
        scheme: `http` or `https`.
        services: boto3 names of the services it alone serves; empty for the one that serves all others.
        option: command line option that fixes its port.
        arguments: command line after the module.
        variables: environment it needs.
        healthy: whether it answers at a URL, as the given run.
    """

    name: str
    package: str
    module: str
    scheme: str
    services: tuple[str, ...]
    option: str
    arguments: Callable[[Launch], list[str]]
    variables: Callable[[Launch], dict[str, str]]
    healthy: Callable[[str, str], bool]

    def url(self, port: int) -> str:
        """Its address."""
        return f"{self.scheme}://{LOOPBACK}:{port}"

    @property
    def installed(self) -> bool:
        """Whether this Python has its module."""
        return importlib.util.find_spec(self.package) is not None

    def require(self) -> None:
        """Check that it is installed.

        Raises:
            EmulatorNotInstalled: when this Python has no such module.
        """
        if not self.installed:
            raise EmulatorNotInstalled(name=self.name, python=sys.executable)

    def command(self, launch: Launch) -> list[str]:
        """The command that starts it."""
        return [sys.executable, "-m", self.module, *self.arguments(launch)]

    def environment(self, launch: Launch, base: Mapping[str, str]) -> dict[str, str]:
        """`base` without anybody's AWS settings, and what the emulator needs."""
        inherited = {name: value for name, value in base.items() if not name.startswith("AWS_")}
        return inherited | {"TMPDIR": str(launch.folder)} | self.variables(launch)


def _ministack_variables(launch: Launch) -> dict[str, str]:
    return {
        "BIND_HOST": LOOPBACK,  # its own default is every interface
        "GATEWAY_PORT": str(launch.port),
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": launch.account,
        "AWS_SECRET_ACCESS_KEY": launch.secret,
        "MINISTACK_ACCOUNT_ID": launch.account,
        "MINISTACK_EDITION": launch.run,
        "MINISTACK_HOST": LOOPBACK,
        "IOT_MTLS_ENABLED": "0",  # these two listen on ports of their own
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "LOCALSTACK_PERSISTENCE": "0",
        "USE_SSL": "0",  # `serve_ministack` brings its own certificate
        "SERVICES": "",
        "DOCKER_HOST": f"unix://{launch.folder}/no-docker.sock",  # it never touches this machine's containers
        "LOG_LEVEL": "WARNING",
    }


def _ministack_healthy(address: str, run: str) -> bool:
    try:
        document = json.loads(_get(f"{address}/_ministack/health"))
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("edition") == run and document.get("auth") == "enabled"


VARIABLES = {
    "account": "HOLDFAST_ACCOUNT",
    "secret": "HOLDFAST_SECRET",
    "run": "HOLDFAST_RUN",
    "authority": "HOLDFAST_AUTHORITY",
    "certificate": "HOLDFAST_CERTIFICATE",
    "certificate_key": "HOLDFAST_CERTIFICATE_KEY",
}
"""What a service of the sandbox's own is told in variables, and in which."""


def _own_variables(launch: Launch) -> dict[str, str]:
    told = {
        "account": launch.account,
        "secret": launch.secret,
        "run": launch.run,
        "authority": str(launch.certificate.authority),
        "certificate": str(launch.certificate.certificate),
        "certificate_key": str(launch.certificate.key),
    }
    return {VARIABLES[name]: value for name, value in told.items()}


def _own_healthy(address: str, run: str) -> bool:
    try:
        document = json.loads(_get(f"{address}/_holdfast/health"))
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("run") == run


def _get(address: str) -> bytes:
    """The body of an answer; nothing when there is none. Proxies of this machine are not asked.

    Who answers is not checked by certificate: the emulator repeats the id of the run.
    """
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting))
    try:
        with opener.open(address, timeout=_PROBE_SECONDS) as answer:
            body: bytes = answer.read()
            return body
    except (OSError, urllib.error.URLError, ValueError):
        return b""


MINISTACK = Emulator(
    name="ministack",
    package="ministack",
    module="holdfast.sandbox.serve_ministack",
    scheme="https",
    services=(),
    option="--port",
    arguments=lambda launch: [str(launch.port), str(launch.certificate.certificate), str(launch.certificate.key)],
    variables=_ministack_variables,
    healthy=_ministack_healthy,
)


def _own(name: str, module: str, services: tuple[str, ...], option: str = "") -> Emulator:
    """A service of the sandbox's own, built on `holdfast.sandbox.service`."""
    return Emulator(
        name=name,
        package="botocore",
        module=f"holdfast.sandbox.{module}",
        scheme="https",
        services=services,
        option=option or f"--service-port {name}=…",
        arguments=lambda launch: [str(launch.port), str(launch.home)],
        variables=_own_variables,
        healthy=_own_healthy,
    )


BACKUP = _own("aws-backup", "backup_service", ("backup",), "--backup-port")
RDS = _own("rds", "rds_service", ("rds",))
EBS = _own("ebs", "ebs_service", ("ebs", "ec2"))
EMULATORS = (MINISTACK, BACKUP, RDS, EBS)
"""Every process of the sandbox. A row is all there is to adding one: variables, record and status follow."""


def emulator(name: str) -> Emulator | None:
    """The emulator of that name."""
    return next((each for each in EMULATORS if each.name == name), None)


def serving(service: str) -> Emulator:
    """The emulator that serves a service, by boto3's name of it."""
    return next((each for each in EMULATORS if service in each.services), MINISTACK)
