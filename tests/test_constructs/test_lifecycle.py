"""Objects age into colder storage and expire, but never before their lock ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.constructs import Lifecycle, ObjectLock, StorageClass, Transition
from holdfast.constructs.errors import OutsideLimit


def days(count):
    return timedelta(days=count)


def rules(bench):
    return {rule["id"]: rule for rule in bench.template().only("aws_s3_bucket_lifecycle_configuration")["rule"]}


def test_by_default_objects_expire_a_day_after_the_longest_lock(bench):
    bench.bucket(lock=ObjectLock.days(30, up_to=365))

    age = rules(bench)["age"]
    assert age["expiration"] == [{"days": 366}]
    assert age["noncurrent_version_expiration"] == [{"noncurrent_days": 31}]
    assert age["transition"] == [
        {"days": 30, "storage_class": "STANDARD_IA"},
        {"days": 90, "storage_class": "GLACIER_IR"},
    ]


def test_a_short_lock_is_not_worth_a_transition(bench):
    bench.bucket(lock=ObjectLock.days(1, up_to=30))

    assert "transition" not in rules(bench)["age"]


def test_unfinished_uploads_and_empty_delete_markers_are_removed(bench):
    bench.bucket()

    housekeeping = rules(bench)["housekeeping"]
    assert housekeeping["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 7}]
    assert housekeeping["expiration"] == [{"expired_object_delete_marker": True}]


def test_every_rule_says_what_it_filters(bench):
    bench.bucket()

    assert all(rule["filter"] == [{"prefix": ""}] and rule["status"] == "Enabled" for rule in rules(bench).values())


def test_a_bucket_may_keep_everything(bench):
    bench.bucket(lifecycle=Lifecycle())

    assert list(rules(bench)) == ["housekeeping"]


def test_expiry_at_the_longest_lock_passes(bench):
    bench.bucket(lock=ObjectLock.days(30, up_to=60), lifecycle=Lifecycle(expire_after=days(60)))

    assert rules(bench)["age"]["expiration"] == [{"days": 60}]


@pytest.mark.parametrize(
    ("lifecycle", "field", "allowed"),
    [
        (Lifecycle(expire_after=days(59)), "lifecycle.expire_after", "at least 60 days, the longest lock"),
        (Lifecycle(noncurrent_expire_after=days(29)), "lifecycle.noncurrent_expire_after", "at least 30 days"),
    ],
)
def test_an_expiry_that_undercuts_the_lock_is_refused(bench, lifecycle, field, allowed):
    with pytest.raises(OutsideLimit, match=allowed) as caught:
        bench.bucket(lock=ObjectLock.days(30, up_to=60), lifecycle=lifecycle)

    assert field in caught.value.message


@pytest.mark.parametrize("age", [days(29), days(-1), timedelta(hours=1)])
def test_infrequent_access_begins_at_30_days(age):
    with pytest.raises(OutsideLimit, match="30 to 36500"):
        Transition(StorageClass.STANDARD_IA, age)


@pytest.mark.parametrize(
    ("steps", "allowed"),
    [
        ([(StorageClass.GLACIER_IR, 30), (StorageClass.STANDARD_IA, 90)], "each class colder"),
        ([(StorageClass.STANDARD_IA, 30), (StorageClass.GLACIER, 59)], "at least 60 days"),
        ([(StorageClass.GLACIER_IR, 30), (StorageClass.GLACIER, 30)], "at least 31 days"),
    ],
)
def test_transitions_s3_refuses_are_refused(steps, allowed):
    with pytest.raises(OutsideLimit, match=allowed):
        Lifecycle(transitions=tuple(Transition(to, days(after)) for to, after in steps))


def test_expiry_before_the_last_transition_is_refused():
    with pytest.raises(OutsideLimit, match="more than 90 days"):
        Lifecycle(transitions=(Transition(StorageClass.GLACIER_IR, days(90)),), expire_after=days(90))


def test_one_zone_storage_is_no_backup():
    assert not [each for each in StorageClass if "ZONE" in each]
