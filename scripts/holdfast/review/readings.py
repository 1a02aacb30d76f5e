"""How guarded values are read where the attribute alone does not say: units normalised, settings combined.

Each reading takes the node at the path of its rule and returns a plain value, None when nothing is set. It raises
`Unverifiable` (through `Node.read`) when it meets something unknown or sensitive that it needs.
"""

from __future__ import annotations

import math
from datetime import datetime

from holdfast.review.finding import Json
from holdfast.review.node import Hidden, Node, Unverifiable
from holdfast.review.rule import Reading

_DAYS = {"MINUTES": 1 / 1440, "HOURS": 1 / 24, "DAYS": 1, "WEEKS": 7, "MONTHS": 30, "YEARS": 365}
LARGEST = 1e15
"""No number in a plan is larger; what is cannot be read."""
_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")


def _number(value: Json) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise Unverifiable(Hidden.UNREADABLE)
    return value


def _tidy(value: float) -> float:
    return int(value) if math.isfinite(value) and value == int(value) else value


def _in_days(value: float | None, unit: Json) -> float | None:
    if value is None:
        return None
    if not isinstance(unit, str) or unit not in _DAYS:
        raise Unverifiable(Hidden.UNREADABLE)
    return _tidy(value * _DAYS[unit])


def _retention(node: Node) -> float | None:
    days, years = _number(node.get("days").read()), _number(node.get("years").read())
    return _tidy(days) if days else _tidy(years * 365) if years else None


RETENTION = Reading("days, or years × 365", _retention, "days", field="days")


def _governed(node: Node) -> float | None:
    return _retention(node) if node.get("mode").read() == "COMPLIANCE" else None


COMPLIANCE_RETENTION = Reading("days, or years × 365, in COMPLIANCE mode", _governed, "days", field="days")


def _expiry(node: Node) -> float | None:
    if node.get("status").read() == "Disabled":
        return None
    return _number(node.at("expiration", "days").read()) or None


EXPIRY = Reading("expiration.days of an enabled rule", _expiry, "days", field="expiration.days")


def _expiry_date(node: Node) -> float | None:
    """The date as a day number, so that it can be compared."""
    if node.get("status").read() == "Disabled":
        return None
    return _day(node.at("expiration", "date").read())


def _day(value: Json) -> float | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(str(value)).timestamp() / 86400
    except ValueError:
        raise Unverifiable(Hidden.UNREADABLE) from None


def _valid_to(node: Node) -> float | None:
    return _day(node.read())


VALID_TO = Reading("a date, absent meaning never", _valid_to)


EXPIRY_DATE = Reading("expiration.date of an enabled rule", _expiry_date, field="expiration.date")


def _noncurrent(node: Node) -> float | None:
    if node.get("status").read() == "Disabled":
        return None
    return _number(node.at("noncurrent_version_expiration", "noncurrent_days").read()) or None


NONCURRENT = Reading(
    "noncurrent_days of an enabled rule", _noncurrent, "days", field="noncurrent_version_expiration.noncurrent_days"
)


def _kept_versions(node: Node) -> float | None:
    """None when noncurrent versions do not expire at all: then their number does not matter."""
    if node.get("status").read() == "Disabled" or node.at("noncurrent_version_expiration").absent:
        return None
    return _number(node.at("noncurrent_version_expiration", "newer_noncurrent_versions").read()) or 0


KEPT_VERSIONS = Reading(
    "newer_noncurrent_versions of an enabled rule",
    _kept_versions,
    "versions",
    field="noncurrent_version_expiration.newer_noncurrent_versions",
)


def _marker_cleanup(node: Node) -> Json:
    if node.get("status").read() == "Disabled":
        return None
    return node.at("expiration", "expired_object_delete_marker").read() or None


MARKER_CLEANUP = Reading(
    "expired_object_delete_marker of an enabled rule", _marker_cleanup, field="expiration.expired_object_delete_marker"
)


def _legacy_expiry(node: Node) -> float | None:
    return _number(node.at("expiration", "days").read()) or None if node.get("enabled").read() else None


LEGACY_EXPIRY = Reading("expiration.days of an enabled rule", _legacy_expiry, "days", field="expiration.days")


def _legacy_noncurrent(node: Node) -> float | None:
    if not node.get("enabled").read():
        return None
    return _number(node.at("noncurrent_version_expiration", "days").read()) or None


LEGACY_NONCURRENT = Reading(
    "noncurrent days of an enabled rule", _legacy_noncurrent, "days", field="noncurrent_version_expiration.days"
)


def _archive_days(node: Node) -> float | None:
    if node.get("storage_class").read() not in _ARCHIVES:
        return None
    return _number(node.get("days").read()) or 0


ARCHIVE_DAYS = Reading("days until GLACIER or DEEP_ARCHIVE", _archive_days, "days", field="days")


def _noncurrent_archive_days(node: Node) -> float | None:
    if node.get("storage_class").read() not in _ARCHIVES:
        return None
    return _number(node.get("noncurrent_days").read()) or 0


NONCURRENT_ARCHIVE_DAYS = Reading(
    "days until noncurrent versions reach GLACIER or DEEP_ARCHIVE", _noncurrent_archive_days, "days", "noncurrent_days"
)


def _snapshot_days(node: Node) -> float | None:
    """Days a DLM schedule keeps snapshots: an age, or a count times the interval between snapshots."""
    count = _number(node.at("retain_rule", "count").read())
    if not count:
        interval = _number(node.at("retain_rule", "interval").read())
        return _in_days(interval or None, node.at("retain_rule", "interval_unit").read()) if interval else None
    if not node.at("create_rule", "cron_expression").absent:
        raise Unverifiable(Hidden.UNREADABLE)
    every = _number(node.at("create_rule", "interval").read())
    between = _in_days(every, node.at("create_rule", "interval_unit").read() or "HOURS")
    return _tidy(count * between) if between else None


SNAPSHOT_DAYS = Reading("days, or count × interval", _snapshot_days, "days", field="retain_rule")


def _count(node: Node) -> float | None:
    return _number(node.read()) or None


COUNT = Reading("a count, 0 meaning none", _count)


def _interval(node: Node) -> float | None:
    interval = _number(node.get("interval").read())
    return _in_days(interval or None, node.get("interval_unit").read()) if interval else None


INTERVAL = Reading("interval in interval_unit", _interval, "days", field="interval")


def _creation(node: Node) -> Json:
    """The schedule of DLM's create rule as one expression; unset when there is none."""
    cron = node.get("cron_expression").read()
    if cron:
        return cron
    interval = _number(node.get("interval").read())
    return f"rate({int(interval)} hours)" if interval else None


CREATION = Reading("interval or cron_expression", _creation)


def _bin_days(node: Node) -> float | None:
    value = _number(node.get("retention_period_value").read())
    return _in_days(value, node.get("retention_period_unit").read())


BIN_DAYS = Reading("retention_period_value in retention_period_unit", _bin_days, "days", field="retention_period_value")


def _unlock_days(node: Node) -> float | None:
    value = _number(node.at("unlock_delay", "unlock_delay_value").read())
    return _in_days(value, node.at("unlock_delay", "unlock_delay_unit").read()) if value is not None else None


UNLOCK_DAYS = Reading("unlock_delay_value in unlock_delay_unit", _unlock_days, "days", field="unlock_delay")


def _snaplock_days(node: Node) -> float | None:
    kind, value = node.get("type").read(), _number(node.get("value").read())
    if kind in ("INFINITE", "UNSPECIFIED"):
        return math.inf if kind == "INFINITE" else None
    return value / 86400 if kind == "SECONDS" and value is not None else _in_days(value, kind)


SNAPLOCK_DAYS = Reading("value in type", _snaplock_days, "days", field="value")

_GUARDING_POLICIES = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "BACKUP_POLICY", None)


def _guardrail(node: Node) -> Json:
    return node.get("content").read() if node.get("type").read() in _GUARDING_POLICIES else None


GUARDRAIL = Reading("content of a service control, resource control or backup policy", _guardrail, field="content")


def _alarm_strictness(node: Node) -> float | None:
    """The threshold, so oriented that a larger number alarms sooner."""
    value = _number(node.get("threshold").read())
    operator = str(node.get("comparison_operator").read() or "")
    if value is None:
        return None
    return -value if operator.startswith("Greater") else value


ALARM_STRICTNESS = Reading("threshold, seen from comparison_operator", _alarm_strictness, field="threshold")


def _pairs(node: Node) -> Json:
    value = node.read()
    return [f"{key}={item}" for key, item in sorted(value.items())] if isinstance(value, dict) else value


TAGS = Reading("key=value pairs", _pairs)


def _snapshot_retention(node: Node) -> float | None:
    """-1 keeps manual snapshots for ever, which is also the default."""
    value = _number(node.read())
    return None if value == -1 else value


FOREVER_AT_MINUS_ONE = Reading("days, -1 meaning for ever", _snapshot_retention)

_FULL_ACCESS = {
    f"arn:aws:iam::aws:policy/{name}"
    for name in (
        "AdministratorAccess",
        "AmazonDynamoDBFullAccess",
        "AmazonEC2FullAccess",
        "AmazonRDSFullAccess",
        "AmazonS3FullAccess",
        "AWSBackupFullAccess",
        "AWSCloudTrail_FullAccess",
        "AWSKeyManagementServicePowerUser",
        "IAMFullAccess",
        "PowerUserAccess",
    )
}


def _full_access(node: Node) -> Json:
    arn = node.get("policy_arn")
    return arn.value if isinstance(arn.value, str) and arn.value in _FULL_ACCESS else None


FULL_ACCESS = Reading("an AWS managed policy that can delete backups", _full_access, field="policy_arn")


def _full_access_list(node: Node) -> Json:
    attached = node.read() or []
    if not isinstance(attached, list):
        raise Unverifiable(Hidden.UNREADABLE)
    return [arn for arn in attached if isinstance(arn, str) and arn in _FULL_ACCESS] or None


FULL_ACCESS_LIST = Reading("AWS managed policies that can delete backups", _full_access_list)
