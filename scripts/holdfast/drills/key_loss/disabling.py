"""Disabling the primary key in a sandbox, and enabling it again whatever happened in between."""

from __future__ import annotations

from holdfast.aws.translate import translated
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned
from holdfast.drills.lost_key import BackupKey, backup_key
from holdfast.errors import Interrupted, ServiceError

_STEP = "disable-key"


def disable_primary_key(drill: Drill) -> bool:
    """Disable it, once, where faults may be injected.

    Returns:
        Whether it is disabled now; never in an environment that is not a sandbox.

    Raises:
        ServiceError: KMS refuses or does not answer.
    """
    if not drill.environment.sandbox:
        return False
    region = drill.environment.regions.primary
    if drill.steps(_STEP) and is_disabled(drill):
        return True
    key = backup_key(drill.sessions, region)
    with drill.step(_STEP, region=region, key=key.arn) as step, translated("disable the primary key"):
        drill.sessions.client("kms", region).disable_key(KeyId=key.arn)
        step.done(state="Disabled")
    return True


def is_disabled(drill: Drill) -> bool:
    """Whether KMS says the primary key is disabled now."""
    return backup_key(drill.sessions, drill.environment.regions.primary).state == "Disabled"


def enable_again(drill: Drill) -> Cleaned:
    """Enable each key that the journal says this drill disabled, or may have.

    A key that is still disabled is named as left behind, which fails the drill.
    """
    orphaned, done = [], []
    for region, arn in dict.fromkeys((step.announced["region"], step.announced["key"]) for step in drill.steps(_STEP)):
        try:
            with translated("enable the primary key again"):
                drill.sessions.client("kms", region).enable_key(KeyId=arn)
            key: BackupKey = backup_key(drill.sessions, region)
            if key.state != "Enabled":
                orphaned.append(f"{arn} is {key.state}")
        except Interrupted:
            raise
        except ServiceError as error:
            orphaned.append(f"{arn} is still disabled: {error.message}")
        else:
            done.append(f"{arn} disabled")
    return Cleaned(created=tuple(done), removed=tuple(done), orphaned=tuple(orphaned))
