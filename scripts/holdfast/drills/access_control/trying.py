"""Making the attempts of one role, and telling who refused each."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.errors import KeyLost, RoleNotAssumed
from holdfast.aws.translate import code_of, is_unheard, translated
from holdfast.drills.access_control.attempts import ATTEMPTS, ELEVATED, Attempt, Ground
from holdfast.drills.checks import Outcome, Probe
from holdfast.drills.context import Drill
from holdfast.drills.probing import Attempt as Weighed
from holdfast.drills.refusals import ACCEPTED, DENIED, Refusal, RefusedBy, refusal_of, told_by

STEP = "try"
_DENIALS = frozenset({"AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "Forbidden"})
_LET_PASS = frozenset(
    {"NoSuchEntity", "NoSuchEntityException", "NoSuchKey", "NoSuchVersion", "NotFoundException", "DisabledException"}
)
"""Answers that only somebody gets whom IAM let pass: the thing is not there, or not in a state to do it with."""
_KEY_ATTEMPTS = ("disable-key", "delete-key")


def attempts_of(drill: Drill, purpose: str, ground: Ground) -> list[Probe]:
    """Every attempt of one role.

    Raises:
        ServiceError: a service does not answer, or answers neither yes nor no.
    """
    try:
        principal = drill.sessions.caller_arn(purpose)
    except RoleNotAssumed as error:
        return [_not_taken_on(drill, purpose, error)]
    return [_try(drill, purpose, principal, attempt, ground) for attempt in ATTEMPTS if purpose in attempt.roles]


def taking_on(drill: Drill) -> list[Probe]:
    """Taking on each elevated role without a second factor, as the caller. STS has to refuse."""
    caller = drill.sessions.caller_arn()
    probes = []
    for purpose in ELEVATED:
        arn = drill.names.role_arn(purpose)
        probe_id = f"caller-takes-on-{purpose}-without-second-factor"
        if not exists(drill, purpose):
            probes.append(_absent(probe_id, f"sts:AssumeRole({purpose})", caller, arn, purpose))
            continue
        with drill.step(STEP, role="caller", id=probe_id) as step:
            refusal = _answer(lambda arn=arn: _assume(drill, arn))
            step.done(refused_by=refusal.by.value, error_code=refusal.error_code)
        weighed = Weighed(probe_id, f"sts:AssumeRole({purpose})", caller, arn, frozenset({RefusedBy.IAM}))
        probes.append(weighed.answered(refusal))
    return probes


def exists(drill: Drill, purpose: str) -> bool:
    """Whether the role is there, as IAM tells the caller; yes when the caller may not ask."""
    iam = drill.sessions.client("iam", drill.sessions.home_region)
    with translated(f"look at the role {purpose}"):
        try:
            iam.get_role(RoleName=drill.names.role(purpose))
        except ClientError as error:
            if code_of(error) in ("NoSuchEntity", "NoSuchEntityException"):
                return False
            if code_of(error) not in DENIED | _DENIALS:
                raise
    return True


def _assume(drill: Drill, arn: str) -> Any:
    sts = drill.sessions.client("sts", drill.sessions.home_region)
    return sts.assume_role(RoleArn=arn, RoleSessionName="holdfast-drill")


def _try(drill: Drill, purpose: str, principal: str, attempt: Attempt, ground: Ground) -> Probe:
    id_ = f"{purpose}-{attempt.id}"
    weighed = Weighed(id_, attempt.call, principal, attempt.resource(ground), frozenset({RefusedBy.IAM}))
    if attempt.sandbox_only and not drill.environment.sandbox:
        harmful = "it would harm if it were accepted, so it is made in a sandbox only"
        return weighed.not_made(harmful).model_copy(update={"essential": False})
    missing = _missing(attempt, ground)
    if missing:
        return weighed.not_made(f"the caller may not {missing}, which gives what the attempt is made with")

    def client(service: str) -> Any:
        region = drill.sessions.home_region if attempt.in_home_region else ground.region
        return drill.sessions.client(service, region, role=purpose)

    with drill.step(STEP, role=purpose, id=attempt.id, region=ground.region, key=ground.key) as step:
        refusal = _answer(lambda: attempt.make(client, ground))
        step.done(refused_by=refusal.by.value, error_code=refusal.error_code)
    if refusal.by is RefusedBy.NOBODY and attempt.id in _KEY_ATTEMPTS:
        make_key_usable(drill, ground.region, ground.key)
    return weighed.answered(refusal)


def _missing(attempt: Attempt, ground: Ground) -> str | None:
    """The action the caller would need to make an attempt that harms nothing, if that was refused."""
    needs = {
        "decrypt": (ground.sealed, "kms:GenerateDataKey"),
        "set-key-policy": (ground.key_policy, "kms:GetKeyPolicy"),
        "set-bucket-policy": (ground.bucket_policy, "s3:GetBucketPolicy"),
    }
    has, action = needs.get(attempt.id, (True, None))
    return None if has is not None else action


def _answer(call: Any) -> Refusal:
    """How a call was answered.

    Raises:
        ServiceError: neither yes nor no.
    """
    with translated("try what must be refused"):
        try:
            call()
        except KeyLost:
            return Refusal(RefusedBy.UNKNOWN, None, "held back by the guard")
        except ClientError as error:
            code = code_of(error)
            if code in _LET_PASS:
                return Refusal(RefusedBy.NOBODY, code, "IAM let it pass")
            if code in _DENIALS:
                message = str(error.response.get("Error", {}).get("Message", ""))
                told = told_by("AccessDenied", message)
                by = RefusedBy.IAM if told.by is RefusedBy.UNKNOWN else told.by
                return Refusal(by, code, told.message_class)
            refusal = refusal_of(error)
            status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            if is_unheard(error) or (refusal.by is RefusedBy.UNKNOWN and status not in (400, 403, 405, 409)):
                raise
            return refusal
    return ACCEPTED


def make_key_usable(drill: Drill, region: str, arn: str) -> str | None:
    """Undo what an accepted attempt did to a key; why it could not be undone, if it could not."""
    kms = drill.sessions.client("kms", region)
    with translated("make the key usable again"):
        state = kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
        if state == "PendingDeletion":
            kms.cancel_key_deletion(KeyId=arn)
        if state != "Enabled":
            kms.enable_key(KeyId=arn)
        state = kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
    return None if state == "Enabled" else f"{arn} is {state}"


def _not_taken_on(drill: Drill, purpose: str, error: RoleNotAssumed) -> Probe:
    """A role that cannot be taken on tries nothing. That is fine only when there is none."""
    arn = drill.names.role_arn(purpose)
    if not exists(drill, purpose):
        return _absent(f"{purpose}-attempts", "sts:AssumeRole", drill.sessions.caller_arn(), arn, purpose)
    weighed = Weighed(f"{purpose}-attempts", "sts:AssumeRole", drill.sessions.caller_arn(), arn, frozenset())
    return weighed.not_made(f"the caller cannot take it on, or may not ask by iam:GetRole for it: {error.message}")


def _absent(id_: str, call: str, principal: str, arn: str, purpose: str) -> Probe:
    return Probe(
        id=id_,
        call=call,
        principal=principal,
        resource=arn,
        expected="IAM",
        outcome=Outcome.SKIPPED,
        reason=f"there is no role {purpose} in this account",
        essential=False,
    )
