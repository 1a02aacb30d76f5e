"""What has to hold between the values of an environment; what a single value may be is in the model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.environments.account_checks import check_accounts
from holdfast.environments.assumptions import AssumptionSource
from holdfast.environments.dataset_checks import check_datasets, check_exclusions
from holdfast.environments.drill_checks import check_drill
from holdfast.environments.faults import Fault, within
from holdfast.environments.model import ACKNOWLEDGEMENT, Environment, LockMode
from holdfast.environments.names import Names
from holdfast.environments.reserved import RESERVED, SANDBOX
from holdfast.environments.rule_checks import check_tiers
from holdfast.environments.tag_checks import check_tags
from holdfast.environments.watch_checks import check_watch

_DAY = timedelta(days=1)
_LONGEST_LOCK = timedelta(days=36_500)
_LONGEST_NAME = 24
_LONGEST_BUCKET = 63


def check(environment: Environment) -> list[Fault]:
    """All faults of an environment, in the order of its file. Pure: today's date plays no part."""
    return [
        *_names(environment),
        *check_accounts(environment),
        *_regions(environment),
        *_lock(environment),
        *_keys(environment),
        *_evidence(environment),
        *check_watch(environment),
        *check_drill(environment),
        *_assumptions(environment),
        *check_tags(environment.tags),
        *check_tiers(environment),
        *check_datasets(environment),
        *check_exclusions(environment),
    ]


def _names(environment: Environment) -> Iterator[Fault]:
    """IAM role names have 64 characters (`holdfast-<env>-<purpose>`), S3 bucket names 63."""
    name = environment.environment
    if len(name) > _LONGEST_NAME:
        yield Fault("environment", "is too long for the names of roles", name, f"at most {_LONGEST_NAME} characters")
    if name in RESERVED:
        hint = f"Holdfast keeps {RESERVED[name]} in a folder of this name"
        yield Fault("environment", "is a name Holdfast uses itself", name, f"none of {', '.join(RESERVED)}", hint)
    if name == SANDBOX and not environment.sandbox:
        hint = "Holdfast keeps the records of local emulators in a folder of this name"
        yield Fault("environment", "is the name of the local sandbox", name, "another name, or sandbox: true", hint)
    longest = max(Names(environment).buckets, key=len)
    room = len(environment.organization) - (len(longest) - _LONGEST_BUCKET)
    is_told = len(name) > _LONGEST_NAME and room < 1  # no organization is short enough for that name
    if len(longest) > _LONGEST_BUCKET and not is_told:
        allowed = f"at most {room} characters"
        why = f"S3 bucket names have at most {_LONGEST_BUCKET} characters, and {longest} has {len(longest)}"
        yield Fault("organization", "makes a bucket name too long", environment.organization, allowed, why)


def _regions(environment: Environment) -> Iterator[Fault]:
    primary, recovery = environment.regions.primary, environment.regions.recovery
    if primary == recovery:
        hint = "a copy in the same Region is lost with it"
        yield Fault("regions.recovery", "is the primary Region", recovery, f"a Region other than {primary}", hint)
    if environment.state and environment.state.region == primary:
        hint = "recovery has to plan while the primary Region is down; keep the state in the recovery Region"
        yield Fault("state.region", "is the primary Region", primary, f"a Region such as {recovery}", hint)


def _lock(environment: Environment) -> Iterator[Fault]:
    lock = environment.lock
    if lock.mode is LockMode.COMPLIANCE and lock.acknowledge != ACKNOWLEDGEMENT:
        got = repr(lock.acknowledge) if lock.acknowledge else "nothing"
        hint = "COMPLIANCE binds everybody, root included, until the last lock ends; say that this is understood"
        yield Fault("lock.acknowledge", "COMPLIANCE is not acknowledged", got, f'"{ACKNOWLEDGEMENT}"', hint)
    why = "S3 Object Lock and Backup Vault Lock count whole days, up to 100 years"
    yield from within("lock.minimum", lock.minimum, _DAY, _LONGEST_LOCK, why=why)
    yield from within("lock.maximum", lock.maximum, max(lock.minimum, _DAY), _LONGEST_LOCK, why=why)
    why = "AWS Backup gives at least 3 days to take a Vault Lock back"
    yield from within("lock.changeable_for", lock.changeable_for, 3 * _DAY, _LONGEST_LOCK, why=why)


def _keys(environment: Environment) -> Iterator[Fault]:
    keys = environment.keys
    why = "KMS rotates a key every 90 to 2560 days"
    yield from within("keys.rotation", keys.rotation, 90 * _DAY, 2560 * _DAY, why=why)
    why = "KMS waits 7 to 30 days before it deletes a key"
    yield from within("keys.deletion_window", keys.deletion_window, 7 * _DAY, 30 * _DAY, why=why)


def _evidence(environment: Environment) -> Iterator[Fault]:
    lock = environment.lock
    if lock.minimum <= lock.maximum:
        why = "evidence is locked within lock.minimum and lock.maximum"
        yield from within("evidence.retention", environment.evidence.retention, lock.minimum, lock.maximum, why=why)


def _assumptions(environment: Environment) -> Iterator[Fault]:
    assumed = environment.assumptions
    for name, each in (("copy_time", assumed.copy_time), ("restore_time", assumed.restore_time)):
        if each.source is AssumptionSource.MEASURED and each.on is None:
            hint = "write the day of the drill that measured it, or `source: declared`"
            yield Fault(
                f"assumptions.{name}.on", "a measured figure has no day", "nothing", "a day such as 2026-11-01", hint
            )
