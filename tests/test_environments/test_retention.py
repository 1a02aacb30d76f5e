"""How long what is pushed stays locked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.environments.retention import push_rule, write_lock

DAYS = timedelta(days=1)


def locked(folder, deviation):
    environment = folder.load_with(deviation).environment
    return write_lock(environment, environment.tiers["critical"].rules[1])


def test_the_replica_is_locked_as_long_as_the_copy_is_kept(folder):
    found = locked(folder, "tags: {}\n")

    assert (found.primary, found.replica) == (30 * DAYS, 90 * DAYS)


def test_without_a_copy_both_regions_are_locked_alike(folder):
    found = locked(folder, "tiers: {critical: {rules: [{name: daily, copy: null}]}}\n")

    assert found.primary == found.replica == 30 * DAYS


def test_the_last_object_of_a_long_push_does_not_fall_below_the_shortest_lock(folder):
    found = locked(folder, "tiers: {critical: {rules: [{name: daily, delete_after: 7d, copy: {delete_after: 7d}}]}}\n")

    assert found.primary == found.replica == 8 * DAYS


def test_no_lock_is_longer_than_the_longest(folder):
    found = locked(
        folder,
        "lock: {minimum: 30d, maximum: 30d}\nevidence: {retention: 30d}\n"
        "tiers: {critical: {rules: [{name: continuous, delete_after: 30d},"
        " {name: daily, copy: {delete_after: 30d}}]}}\n",
    )

    assert found.primary == found.replica == 30 * DAYS


@pytest.mark.parametrize(
    ("deviation", "chosen"),
    [
        ("tags: {}\n", "daily"),
        ("tiers: {critical: {rules: [{name: daily, remove: true}]}}\n", "continuous"),
        ("tiers: {critical: {rules: [{name: more, schedule: rate(1 day), delete_after: 7d}]}}\n", "daily"),
    ],
)
def test_a_set_is_pushed_under_the_first_rule_with_a_schedule(folder, deviation, chosen):
    assert push_rule(folder.load_with(deviation).environment.tiers["critical"]).name == chosen
