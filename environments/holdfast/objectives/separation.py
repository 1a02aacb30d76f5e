"""Separation of duties: nobody writes and deletes, administers keys and decrypts, approves and executes.

https://csrc.nist.gov/glossary/term/separation_of_duty
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdfast.objectives.access import Kind, Possible, Principal, Protected, may_become, possible
from holdfast.objectives.proof import Assumption, AssumptionSource, Proof, Verdict

_BACKUP = "backup."


@dataclass(frozen=True)
class Duty:
    """A part of the work that some other part must not be in the same hands with.

    Attributes:
        name: a verb.
        actions: whoever may do one of these has the duty; by what they are done to.
    """

    name: str
    actions: Mapping[Kind, tuple[str, ...]]


APPROVE_RESTORE = "holdfast:ApproveRestore"
"""No action of AWS's: what an environment file lets somebody do by naming them an approver of restores."""

WRITE = Duty(
    "write",
    {
        Kind.OBJECTS: ("s3:PutObject", "s3:ReplicateObject"),
        Kind.VAULT: ("backup:StartBackupJob", "backup:CopyIntoBackupVault"),
        Kind.RECOVERY_POINTS: ("backup:StartCopyJob",),
    },
)
DELETE = Duty(
    "delete",
    {
        Kind.OBJECTS: (
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:BypassGovernanceRetention",
            "s3:ReplicateDelete",
        ),
        Kind.BUCKET: ("s3:DeleteBucket", "s3:PutLifecycleConfiguration"),
        Kind.KEY: ("kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial"),
        Kind.VAULT: ("backup:DeleteBackupVault", "backup:DeleteBackupVaultLockConfiguration"),
        Kind.RECOVERY_POINTS: (
            "backup:DeleteRecoveryPoint",
            "backup:DisassociateRecoveryPoint",
            "backup:UpdateRecoveryPointLifecycle",
        ),
    },
)
ADMINISTER = Duty(
    "administer keys",
    {
        Kind.KEY: (
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:DeleteImportedKeyMaterial",
        )
    },
)
DECRYPT = Duty("decrypt", {Kind.KEY: ("kms:Decrypt", "kms:ReEncryptFrom")})
APPROVE = Duty(
    "approve",
    {
        Kind.ROLES: (
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:UpdateAssumeRolePolicy",
            APPROVE_RESTORE,
        )
    },
)
"""To decide who may do what: roles, their limits, who takes them on, and which restore is made."""
EXECUTE = Duty(
    "execute",
    {
        Kind.OBJECTS: ("s3:PutObject", "s3:DeleteObjectVersion"),
        Kind.KEY: ("kms:Decrypt", "kms:ScheduleKeyDeletion", "kms:DisableKey"),
        Kind.VAULT: ("backup:StartBackupJob",),
        Kind.RECOVERY_POINTS: ("backup:StartRestoreJob", "backup:DeleteRecoveryPoint"),
    },
)
"""To do what somebody else has to have allowed: write, restore, decrypt, destroy."""

RESTORE = Duty("restore", {Kind.RECOVERY_POINTS: ("backup:StartRestoreJob",)})

APART = ((WRITE, DELETE), (ADMINISTER, DECRYPT), (APPROVE, EXECUTE))
"""The pairs no principal may hold both of."""

Held = tuple[Possible | None, Possible | None]
"""Something of each duty of a pair that is possible, if anything is."""


def separation_proofs(principals: Sequence[Principal], protected: Sequence[Protected]) -> tuple[Proof, ...]:
    """Prove for each principal, and all it can become, that it holds no two duties that have to be apart.

    Args:
        principals: who acts, people and roles, with their policies. Root users are none: policies do not bind them.
        protected: buckets, keys, vaults and roles, with their policies.

    Returns:
        One proof a principal and pair, `separation.<principal>.<duty>-<duty>`, and those of anybody else in each
        account, whatever that may be allowed. Refuted where what is declared gives both; `because` names the
        statements. Conditional where it takes policies that are not declared here, or where AWS Backup decrypts in
        somebody's name. Of a principal that is not declared and can do no more than anybody else, nothing is said.
    """
    proofs: list[Proof] = []
    strangers = {account: _anybody_else(account) for account in dict.fromkeys(each.account for each in protected)}
    for pair in APART:
        known = {account: _held(each, pair, (), protected) for account, each in strangers.items()}
        for each in (*principals, *strangers.values()):
            held = _held(each, pair, principals, protected)
            if each.declared or each in strangers.values() or held != known.get(each.account):
                proofs.append(_prove(each, pair, held, _by_themselves(each, pair, held, principals, protected)))
    return tuple(proofs)


def not_checked(why: str) -> Proof:
    """The statement that nothing was looked at, which a proof of the whole has to carry."""
    assumed = Assumption("duties are apart", None, AssumptionSource.DEFAULT)
    because = f"not checked: {why}; assumed: {assumed}"
    return Proof("separation.roles", "roles", Verdict.CONDITIONAL, because, assumptions=(assumed,))


def _anybody_else(account: str) -> Principal:
    """Somebody no policy speaks of, an administrator of the account for one."""
    name = f"anybody-else@{account}"
    return Principal(name, f"arn:aws:iam::{account}:role/anybody-else", declared=False)


def _held(
    principal: Principal, pair: tuple[Duty, Duty], principals: Sequence[Principal], protected: Sequence[Protected]
) -> Held:
    hands = list(_hands(principal, principals))
    return _weightiest(hands, pair[0], protected), _weightiest(hands, pair[1], protected)


def _by_themselves(
    principal: Principal,
    pair: tuple[Duty, Duty],
    held: Held,
    principals: Sequence[Principal],
    protected: Sequence[Protected],
) -> Held:
    """What is held without what AWS Backup does in somebody's name, where that shows them nothing.

    A key that AWS Backup uses in somebody's name shows them nothing by itself: what it decrypts comes to light where it
    is restored (https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html,
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartRestoreJob.html). Who can start no restore does
    not decrypt by it.
    """
    if not any(each and _in_its_name(each) for each in held):
        return held
    hands = list(_hands(principal, principals))
    if _weightiest(hands, RESTORE, protected) is not None:
        return held
    return _weightiest(hands, pair[0], protected, shown=False), _weightiest(hands, pair[1], protected, shown=False)


def _prove(principal: Principal, pair: tuple[Duty, Duty], every: Held, held: Held) -> Proof:
    """What follows from what is held: `every` with what AWS Backup does in the principal's name, `held` without."""
    first, second = held
    name = f"separation.{principal.name}.{'-'.join(duty.name.split()[0] for duty in pair)}"
    both = f"{pair[0].name} and {pair[1].name}"
    if (first is None or second is None) and None not in every:
        because = f"cannot {both}: AWS Backup alone decrypts for it, and shows that by a restore, which it cannot start"
        return Proof(name, principal.name, Verdict.PROVED, because)
    if first is None or second is None:
        lacking = " nor ".join(duty.name for duty, each in zip(pair, held, strict=True) if each is None)
        return Proof(name, principal.name, Verdict.PROVED, f"cannot {lacking}")
    if assumed := _assumptions(principal, pair, (first, second)):
        because = f"cannot {both}; assumed: {', '.join(each.name for each in assumed)}"
        return Proof(name, principal.name, Verdict.CONDITIONAL, because, assumptions=assumed)
    return Proof(name, principal.name, Verdict.REFUTED, f"can {both}: {first} and {second}")


def _hands(principal: Principal, principals: Sequence[Principal]) -> Iterator[Principal]:
    """The principal, and every role it can become, directly or by way of another."""
    found = [principal]
    for each in found:
        found += [other for other in principals if other not in found and may_become(each, other)]
    yield from found


def _weightiest(
    hands: Sequence[Principal], duty: Duty, protected: Sequence[Protected], *, shown: bool = True
) -> Possible | None:
    """Something of the duty that is possible: what is declared goes before what would have to be assumed."""
    found = [
        held
        for principal in hands
        for on in protected
        for action in duty.actions.get(on.kind, ())
        if (held := possible(principal, action, on)) and (shown or not _in_its_name(held))
    ]
    return min(found, key=lambda held: (held.assumed, _in_its_name(held)), default=None)


def _in_its_name(held: Possible) -> bool:
    """Whether AWS Backup decrypts for somebody, who sees nothing of it."""
    return bool(held.through) and all(each.startswith(_BACKUP) for each in held.through)


def _assumptions(
    principal: Principal, pair: tuple[Duty, Duty], held: tuple[Possible, Possible]
) -> tuple[Assumption, ...]:
    undeclared = [duty.name for duty, each in zip(pair, held, strict=True) if each.assumed]
    found = []
    if undeclared:
        what = f"{'both ' if len(undeclared) > 1 else ''}{' and '.join(undeclared)}"
        why = f" ({principal.because})" if principal.because else ""
        found.append(f"no policy of {principal.name} that is not declared here{why} lets it {what}")
    if any(_in_its_name(each) for each in held):
        found.append(f"AWS Backup shows {principal.name} nothing it decrypts")
    return tuple(Assumption(each, None, AssumptionSource.DEFAULT) for each in found)
