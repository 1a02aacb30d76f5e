"""Who may call what: asked of the emulator's IAM, the vault's access policy included.

Which resource an action is decided for is that of the service authorization reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from holdfast.sandbox.authorizing import PATH
from holdfast.sandbox.backup_service.arns import Home
from holdfast.sandbox.backup_service.credential import access_key
from holdfast.sandbox.backup_service.errors import ServiceAnswer, denied
from holdfast.sandbox.backup_service.protocol import Call
from holdfast.sandbox.backup_service.world import World

_PASSES = frozenset({"StartBackupJob", "StartRestoreJob", "StartCopyJob", "CreateBackupSelection"})
_SECONDS = 10.0
_CONNECTIONS = 16
_ACCOUNT_DIGITS = 12


@dataclass(frozen=True)
class Incoming:
    """A request as it came, before anything of it is believed."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    region: str


@dataclass(frozen=True)
class Caller:
    """Who sent a request, once the emulator says so."""

    arn: str
    account: str


Decide = Callable[[dict[str, Any]], dict[str, Any]]


def asked_of_emulator(address: Callable[[], str], secret: str, bundle: Path) -> Decide:
    """Questions go to the emulator at `address`, over TLS with the certificate of the run; connections are kept."""
    pool = urllib3.PoolManager(ca_certs=str(bundle), maxsize=_CONNECTIONS, timeout=_SECONDS)
    retries = urllib3.Retry(2, allowed_methods=None)  # a question changes nothing, so it may be asked again
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def decide(question: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = pool.request(
                "POST", f"{address()}{PATH}", body=json.dumps(question).encode(), headers=headers, retries=retries
            )
            if answer.status != 200:
                raise ServiceAnswer("ServiceUnavailableException", f"the emulator's IAM says {answer.status}", 503)
            document: dict[str, Any] = json.loads(answer.data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            text = f"the emulator's IAM does not answer: {type(error).__name__}"
            raise ServiceAnswer("ServiceUnavailableException", text, 503) from error
        return document

    return decide


def authorize(decide: Decide, world: World, call: Call, incoming: Incoming) -> Caller:
    """Let a call through, or not.

    Raises:
        ServiceAnswer: `AccessDeniedException`, or what is wrong with the credentials.
    """
    caller = _ask(decide, world, call, incoming, _account_claimed(incoming, world.account))
    if caller.account != _account_claimed(incoming, world.account):
        return _ask(decide, world, call, incoming, caller.account)  # a session of another account: its vaults' policies
    return caller


def _ask(decide: Decide, world: World, call: Call, incoming: Incoming, account: str) -> Caller:
    home = Home(account, incoming.region)
    resource = resource_of(call, home)
    asks = [(f"backup:{call.operation}", resource)]
    role = call.given.get("IamRoleArn") or call.given.get("BackupSelection", {}).get("IamRoleArn")
    if role and call.operation in _PASSES:
        asks.append(("iam:PassRole", role))
    policy = _policy_of(world, call, home)
    answer = decide(
        {
            "method": incoming.method,
            "target": incoming.target,
            "headers": list(incoming.headers),
            "body": base64.b64encode(incoming.body).decode(),
            "region": incoming.region,
            "asks": asks,
            "policies": {resource: policy} if policy else {},
        }
    )
    if answer["allowed"]:
        return Caller(answer["principal"], answer["account"])
    if answer["code"] == "AccessDeniedException":
        raise denied(f"{answer['message']}. Insufficient privileges to perform this action.")
    raise ServiceAnswer(answer["code"], answer["message"], 403)


def resource_of(call: Call, home: Home) -> str:
    """The ARN an action is decided for; `*` for what is about no single resource."""
    given = call.given
    if given.get("RecoveryPointArn"):
        return str(given["RecoveryPointArn"])
    for name, kind in (
        ("BackupVaultName", "backup-vault"),
        ("SourceBackupVaultName", "backup-vault"),
        ("BackupPlanId", "backup-plan"),
        ("FrameworkName", "framework"),
        ("ReportPlanName", "report-plan"),
        ("RestoreTestingPlanName", "restore-testing-plan"),
    ):
        if given.get(name):
            return home.arn(kind, str(given[name]))
    return str(given.get("ResourceArn", "*")) if call.operation in {"ListTags", "TagResource", "UntagResource"} else "*"


def _policy_of(world: World, call: Call, home: Home) -> str | None:
    """The access policy of the vault a call is about, if it has one."""
    here = world.region(home)
    named = here.vaults.get(str(call.given.get("BackupVaultName") or call.given.get("SourceBackupVaultName") or ""))
    arn = call.given.get("RecoveryPointArn")
    holding = next((each for each in here.vaults.values() if arn and arn in each.points), None)
    vault = named or holding
    return vault.policy if vault else None


def _account_claimed(incoming: Incoming, own: str) -> str:
    """The account whose state to look into first: a root's key is its account, any other key is of the sandbox's."""
    key = access_key(dict(incoming.headers).get("authorization", ""))
    return key if key.isdigit() and len(key) == _ACCOUNT_DIGITS else own
