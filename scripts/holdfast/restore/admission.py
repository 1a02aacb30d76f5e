"""Everything that is asked before a restore touches anything, in the order of what it costs to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from holdfast.aws.elevation import SecondFactor
from holdfast.drills.checks import Check, CheckKind, passed, skipped
from holdfast.environments.model import Environment
from holdfast.environments.names import Names
from holdfast.evidence.provenance import digest_of
from holdfast.restore.approval import Approved, check_approval
from holdfast.restore.errors import GoesOnAnotherWay, IdempotencyKeyReused, PlanForAnother, ReasonMissing
from holdfast.restore.plan import RestorePlan
from holdfast.restore.reading_role import Elevated
from holdfast.restore.refusals import ApprovalAlreadyUsed, ApprovalMissing
from holdfast.restore.state import RestoreState, read_state, restore_ids
from holdfast.restore.surroundings import Surroundings
from holdfast.restore.target import check_target

SHORTEST_REASON = 10
_WAYS = {True: "by breaking the glass", False: "with an approval"}


@dataclass(frozen=True)
class Asked:
    """What a person asks for with `restore run`.

    Args:
        plan: what was planned.
        approval: bytes of the approval's file; None with `break_glass`.
        key: idempotency key; by default the plan's digest.
        factor: the second factor.
        break_glass: why nobody else could be asked; None for the ordinary way.
    """

    plan: RestorePlan
    approval: bytes | None
    key: str | None = None
    factor: SecondFactor | None = None
    break_glass: str | None = None

    @property
    def idempotency_key(self) -> str:
        """The key, as it counts."""
        return self.key or self.plan.digest


def check_plan(plan: RestorePlan, environment: Environment, asked: Asked) -> None:
    """Whether the plan is one for this environment as it is declared now.

    Raises:
        PlanForAnother, ReasonMissing, ApprovalMissing.
    """
    if plan.environment != environment.environment:
        raise PlanForAnother(planned=plan.environment, environment=environment.environment)
    if plan.configuration != digest_of(environment):
        raise PlanForAnother(
            planned=f"{plan.environment} as it was declared then", environment="the environment as it is declared now"
        )
    if asked.break_glass is not None:
        if len(asked.break_glass.strip()) < SHORTEST_REASON:
            raise ReasonMissing(least=SHORTEST_REASON)
    elif asked.approval is None:
        raise ApprovalMissing(digest=plan.digest)


def check_key(state: RestoreState, asked: Asked) -> None:
    """Whether a restore that is there under this key is of this plan.

    Raises:
        IdempotencyKeyReused: it is of another.
        GoesOnAnotherWay: it was begun with an approval and goes on without, or the reverse.
    """
    planned = state.begun["plan_sha256"]
    if planned != asked.plan.digest:
        raise IdempotencyKeyReused(
            key=asked.idempotency_key, restore_id=state.restore_id, planned=planned[:12], digest=asked.plan.digest[:12]
        )
    if not state.is_over and state.begun["break_glass"] != (asked.break_glass is not None):
        raise GoesOnAnotherWay(restore_id=state.restore_id, way=_WAYS[state.begun["break_glass"]])


def approved(
    asked: Asked, surroundings: Surroundings, restore_id: str, *, runner: str, now: datetime
) -> Approved | None:
    """The approval, judged; None for break-glass.

    Raises:
        ApprovalRefused: its class says why.
    """
    if asked.break_glass is not None or asked.approval is None:
        return None
    given = check_approval(asked.approval, asked.plan, surroundings.environment, runner=runner, now=now)
    _refuse_used(given, surroundings, restore_id)
    return given


def check_place(asked: Asked, surroundings: Surroundings) -> None:
    """Whether the target may be one at all.

    Raises:
        BadTarget, TargetOutsideTenant.
    """
    plan = asked.plan
    check_target(plan.target, Names(surroundings.environment), surroundings.home, plan.scope.tenant)


def first_checks(plan: RestorePlan, given: Approved | None, elevated: Elevated) -> list[Check]:
    """What was asked and answered before the restore, as checks for the record."""
    if given is None:
        reason = "break-glass: nobody else was asked"
        approval = skipped("second-approval", CheckKind.CARRIED_OUT, reason, essential=False, expected=plan.digest)
    else:
        approval = passed("second-approval", CheckKind.CARRIED_OUT, expected=plan.digest, observed=plan.digest)
    if elevated.mfa:
        return [approval, passed("second-factor", CheckKind.CARRIED_OUT, expected="MFA", observed="asked by STS")]
    reason = "STS did not ask for one"
    return [approval, skipped("second-factor", CheckKind.CARRIED_OUT, reason, essential=False, expected="MFA")]


def _refuse_used(given: Approved, surroundings: Surroundings, restore_id: str) -> None:
    environment = surroundings.environment.environment
    for other in restore_ids(surroundings.home, environment):
        if other == restore_id:
            continue
        state = read_state(surroundings.home, environment, other)
        if state.begun.get("approval_sha256") == given.digest:
            raise ApprovalAlreadyUsed(restore_id=other)
