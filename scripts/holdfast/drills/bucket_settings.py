"""Attempts to take a bucket's protection away, and putting back what was accepted.

Before each attempt the setting is read and journalled. If the attempt is accepted, the setting is put back at once; if
the drill dies in between, by its clean-up or by a sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.drills.attacks import Attacker, made
from holdfast.drills.canary import ROLE
from holdfast.drills.context import Drill
from holdfast.drills.refusals import Refusal, RefusedBy
from holdfast.errors import ServiceError


@dataclass(frozen=True)
class Setting:
    """One setting of a bucket.

    Args:
        name: what it is called in a record.
        call: the API call that weakens it, in words of S3.
        read: its present value; None when there is none.
        weaken: the attempt.
        put_back: restores a value that was read.
    """

    name: str
    call: str
    read: Callable[[Any, str], Any]
    weaken: Callable[[Any, str], Refusal]
    put_back: Callable[[Any, str, Any], None]


@dataclass(frozen=True)
class SettingAttack:
    """One attempt on a setting.

    The drill runner tries everywhere, because IAM has to refuse it before S3 is asked. An administrator tries in a
    sandbox only: in a real environment nobody with the right to weaken a bucket is let near it by a drill.
    """

    setting: Setting
    attacker: Attacker
    expected: frozenset[RefusedBy]
    sandbox_only: bool

    @property
    def id(self) -> str:
        """Attacker and attempt."""
        return f"{self.attacker.value}-{self.setting.name}"


def try_setting(drill: Drill, region: str, attack: SettingAttack) -> Refusal:
    """Try to weaken one setting of a Region's bucket; put it back if that was accepted.

    Raises:
        ServiceError: S3 does not answer, or the setting could not be put back.
    """
    bucket = drill.names.bucket_in(region)
    with translated(f"read the {attack.setting.name} setting of {bucket}"):
        former = attack.setting.read(drill.sessions.client("s3", region, role=ROLE), bucket)
    with drill.step("weaken", region=region, setting=attack.setting.name, former=former) as step:
        with translated(f"try to weaken {bucket}"):
            refusal = attack.setting.weaken(drill.sessions.client("s3", region, role=attack.attacker.role), bucket)
        if refusal.by is RefusedBy.NOBODY:
            _put_back(drill, region, attack.setting, former)
        step.done(refused_by=refusal.by.value)
    return refusal


def put_back_all(drill: Drill) -> list[str]:
    """Put back every setting whose attempt was not seen to its end.

    Returns:
        What could not be put back.
    """
    stuck = []
    for step in drill.steps("weaken"):
        setting = SETTINGS[step.announced["setting"]]
        if step.outcome is None:
            try:
                _put_back(drill, step.announced["region"], setting, step.announced["former"])
            except ServiceError as error:
                stuck.append(error.message)
    return stuck


def _put_back(drill: Drill, region: str, setting: Setting, former: Any) -> None:
    """As the caller, and if that is refused as the role: one of them was let weaken it."""
    bucket = drill.names.bucket_in(region)
    with translated(f"read the {setting.name} setting of {bucket}"):
        if setting.read(drill.sessions.client("s3", region, role=ROLE), bucket) == former:
            return
    with translated(f"put the {setting.name} setting of {bucket} back"):
        try:
            setting.put_back(drill.sessions.client("s3", region), bucket, former)
        except ClientError:
            setting.put_back(drill.sessions.client("s3", region, role=ROLE), bucket, former)


def _versioning(s3: Any, bucket: str) -> Any:
    return s3.get_bucket_versioning(Bucket=bucket).get("Status")


def _suspend(s3: Any, bucket: str) -> Refusal:
    return made(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def _enable(s3: Any, bucket: str, status: Any) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status or "Enabled"})


def _default_lock(s3: Any, bucket: str) -> Any:
    return s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]


def _drop_default_lock(s3: Any, bucket: str) -> Refusal:
    return made(
        s3.put_object_lock_configuration, Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )


def _set_default_lock(s3: Any, bucket: str, configuration: Any) -> None:
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=configuration)


def _lifecycle(s3: Any, bucket: str) -> Any:
    try:
        return s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    except ClientError as error:
        if code_of(error) == "NoSuchLifecycleConfiguration":
            return None
        raise


def _delete_lifecycle(s3: Any, bucket: str) -> Refusal:
    return made(s3.delete_bucket_lifecycle, Bucket=bucket)


def _set_lifecycle(s3: Any, bucket: str, rules: Any) -> None:
    if rules:
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("suspend-versioning", "PutBucketVersioning(Suspended)", _versioning, _suspend, _enable),
        Setting(
            "drop-default-lock",
            "PutObjectLockConfiguration(no default retention)",
            _default_lock,
            _drop_default_lock,
            _set_default_lock,
        ),
        Setting("delete-lifecycle", "DeleteBucketLifecycle", _lifecycle, _delete_lifecycle, _set_lifecycle),
    )
}

_IAM, _LOCK = frozenset({RefusedBy.IAM}), frozenset({RefusedBy.LOCK})
SETTING_ATTACKS = (
    *(SettingAttack(setting, Attacker.DRILL_RUNNER, _IAM, sandbox_only=False) for setting in SETTINGS.values()),
    # The only setting that Object Lock itself protects: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    SettingAttack(SETTINGS["suspend-versioning"], Attacker.ADMINISTRATOR, _LOCK, sandbox_only=True),
)
"""Every attempt on a bucket. Who may change the default retention or the lifecycle is for IAM to say, not for the lock:
an administrator can, and objects that were written with a lock of their own keep it."""
