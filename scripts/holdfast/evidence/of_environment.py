"""The signer and the bucket of an environment, from its names alone."""

from __future__ import annotations

from holdfast.aws.sessions import Sessions
from holdfast.clock import Clock
from holdfast.environments.names import Names
from holdfast.evidence.kms_signer import KmsSigner
from holdfast.evidence.locked_store import LockedStore


def signer_of(sessions: Sessions, *, role: str | None = None) -> KmsSigner:
    """Signs with the environment's key in its primary Region.

    Args:
        sessions: whose environment it is; not the guarded ones of a drill that takes the primary Region for lost.
        role: who signs, such as `drill-runner`.
    """
    region = sessions.environment.regions.primary
    return KmsSigner(sessions.client("kms", region, role=role), Names(sessions.environment).signing_key_alias)


def locked_store_of(sessions: Sessions, clock: Clock, *, role: str | None = None) -> LockedStore:
    """Stores in the environment's evidence bucket, for as long as the environment says, in COMPLIANCE mode.

    Args:
        sessions: whose environment it is; not the guarded ones of a drill that takes the primary Region for lost.
        clock: from when the retention counts.
        role: who writes or reads, such as `drill-runner` or `auditor`.
    """
    environment, names = sessions.environment, Names(sessions.environment)
    region = environment.regions.primary
    return LockedStore(
        sessions.client("s3", region, role=role),
        names.evidence_bucket,
        retention=environment.evidence.retention,
        clock=clock,
        kms_key=names.alias_arn(names.key_alias, account=environment.accounts.workload, region=region),
    )
