"""What KMS itself answers: a small data key is sealed under each Region's key, and opened after the loss.

The sealed keys are journalled, so that a resumed drill asks about the same ones; their plain text is never kept, only
its SHA-256, which says nothing about 256 random bits.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.drills.checks import Check, CheckKind, Outcome, Probe, compare, skipped
from holdfast.drills.context import Drill
from holdfast.drills.interface import Probed
from holdfast.drills.lost_key import backup_key
from holdfast.drills.refusals import DENIED

_STEP = "seal-data-key"
_LOST = frozenset({"DisabledException", "KMSInvalidStateException", "AccessDeniedException", "NotFoundException"})
_FOREIGN = frozenset(
    {"InvalidCiphertextException", "IncorrectKeyException", "AccessDeniedException", "NotFoundException"}
)


def seal_data_keys(drill: Drill) -> None:
    """Have each Region's key seal one data key, as the caller; what the caller may not do is journalled as such.

    Raises:
        ServiceError: KMS fails or does not answer.
    """
    known = {step.announced["region"] for step in drill.steps(_STEP) if step.outcome}
    for region in (drill.environment.regions.primary, drill.environment.regions.recovery):
        if region in known:
            continue
        key = backup_key(drill.sessions, region)
        with drill.step(_STEP, region=region, key=key.arn) as step, translated(f"seal a data key in {region}"):
            step.done(multi_region=key.multi_region, **_sealed(drill, region, key.arn))


def _sealed(drill: Drill, region: str, arn: str) -> dict[str, Any]:
    """Sealed before the loss, so without the guard that stands for it."""
    try:
        reply = drill.sessions.unguarded().client("kms", region).generate_data_key(KeyId=arn, KeySpec="AES_256")
    except ClientError as error:
        if code_of(error) not in DENIED | {"AccessDeniedException"}:
            raise
        return {"refused": code_of(error)}
    return _of(reply)


def _of(reply: dict[str, Any]) -> dict[str, Any]:
    return {
        "sealed": base64.b64encode(reply["CiphertextBlob"]).decode("ascii"),
        "sha256": hashlib.sha256(reply["Plaintext"]).hexdigest(),
    }


def ask_both_keys(drill: Drill) -> Probed:
    """Open what was sealed, in its own Region and in the other one."""
    regions = drill.environment.regions
    sealed = {step.announced["region"]: step for step in drill.steps(_STEP) if step.outcome}
    caller = drill.sessions.caller_arn()
    probes: list[Probe] = []
    checks: list[Check] = []
    keys = [str(sealed[region].announced["key"]) for region in sealed]
    apart = len(set(keys)) == 2 and not any((sealed[region].outcome or {}).get("multi_region") for region in sealed)
    checks.append(
        compare(
            "keys-are-separate",
            CheckKind.SCOPE,
            expected="a key of its own in each Region",
            observed="a key of its own in each Region" if apart else "one key, or copies of one key",
            because="one lost key would take both copies with it",
        )
    )
    for region, step in sealed.items():
        outcome = step.outcome or {}
        if "refused" in outcome:
            reason = f"the caller may not use the key directly ({outcome['refused']}); S3 uses it for the drill runner"
            checks.append(skipped(f"kms-{region}", CheckKind.KEY, reason, essential=False))
            continue
        blob, digest = base64.b64decode(outcome["sealed"]), str(outcome["sha256"])
        if region == regions.primary:
            arn, name = str(step.announced["key"]), "lost-key-decrypts-nothing"
            is_lost = drill.environment.sandbox
            asked = _refused(drill, region, blob, caller, name, _LOST, arn) if is_lost else None
            probes.append(asked or _not_asked(region, caller, arn))
        else:
            checks.append(_opened(drill, region, blob, digest))
    first = sealed.get(regions.primary)
    if first and "sealed" in (first.outcome or {}):
        blob = base64.b64decode((first.outcome or {})["sealed"])
        name, arn = "other-region-does-not-open-it", str(first.announced["key"])
        probes.append(_refused(drill, regions.recovery, blob, caller, name, _FOREIGN, arn))
    return Probed(probes=tuple(probes), checks=tuple(checks))


def _opened(drill: Drill, region: str, blob: bytes, digest: str) -> Check:
    """The recovery key still opens what it sealed."""
    try:
        plain = drill.sessions.client("kms", region).decrypt(CiphertextBlob=blob)["Plaintext"]
        observed = "opened" if hashlib.sha256(plain).hexdigest() == digest else "opened to something else"
    except ClientError as error:
        observed = f"refused: {code_of(error)}"
    return compare(f"kms-{region}-still-decrypts", CheckKind.KEY, expected="opened", observed=observed)


def _refused(drill: Drill, region: str, blob: bytes, caller: str, id_: str, codes: frozenset[str], arn: str) -> Probe:
    """KMS must refuse."""
    by, code, outcome, reason = "nobody", None, Outcome.FAILED, "KMS decrypted it"
    try:
        drill.sessions.unguarded().client("kms", region).decrypt(CiphertextBlob=blob)
    except ClientError as error:
        by, code, outcome, reason = "KMS", code_of(error), Outcome.PASSED, ""
        if code not in codes:
            by, outcome, reason = "unknown", Outcome.SKIPPED, f"KMS answers {code}"
    return _probe(id_=f"{region}-{id_}", caller=caller, arn=arn, by=by, code=code, outcome=outcome, reason=reason)


def _not_asked(region: str, caller: str, arn: str) -> Probe:
    """Outside of a sandbox the key is not switched off, so KMS would open it."""
    reason = "outside of a sandbox no drill switches a key off; a guard stood for KMS instead"
    return _probe(
        id_=f"{region}-lost-key-decrypts-nothing",
        caller=caller,
        arn=arn,
        by=None,
        code=None,
        outcome=Outcome.SKIPPED,
        reason=reason,
        essential=False,
    )


def _probe(
    *,
    id_: str,
    caller: str,
    arn: str,
    by: str | None,
    code: str | None,
    outcome: Outcome,
    reason: str,
    essential: bool = True,
) -> Probe:
    return Probe(
        id=id_,
        call="kms:Decrypt",
        principal=caller,
        resource=arn,
        expected="KMS",
        outcome=outcome,
        refused_by=by,
        error_code=code,
        reason=reason,
        essential=essential,
    )
