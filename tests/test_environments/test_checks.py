"""What has to hold between values: each rule broken once, told with the line and what is allowed."""

from __future__ import annotations

import pytest

_EXCLUDED = "{dataset: logs, reason: nobody reads them, until: 2027-03-31}"

BROKEN = [
    (
        "regions: {recovery: us-east-1}\n",
        "regions.recovery",
        "is the primary Region (got us-east-1; allowed: a Region other",
    ),
    (
        "state: {region: us-east-1}\n",
        "state.region",
        "is the primary Region (got us-east-1; allowed: a Region such as us-west-2",
    ),
    (
        "lock: {acknowledge: null}\n",
        "lock.acknowledge",
        'COMPLIANCE is not acknowledged (got nothing; allowed: "nobody can delete',
    ),
    ("lock: {acknowledge: fine}\n", "lock.acknowledge", "COMPLIANCE is not acknowledged (got 'fine'"),
    ("lock: {minimum: 36h}\n", "lock.minimum", "is not a whole number of days (got 36h"),
    ("lock: {maximum: 101y}\n", "lock.maximum", "is too long (got 36865d"),
    ("lock: {changeable_for: 2d}\n", "lock.changeable_for", "is too short (got 2d; allowed: 3d"),
    ("keys: {rotation: 89d}\n", "keys.rotation", "is too short (got 89d; allowed: 90d to 2560d)"),
    ("keys: {rotation: 2561d}\n", "keys.rotation", "is too long (got 2561d; allowed: 90d to 2560d)"),
    ("keys: {deletion_window: 6d}\n", "keys.deletion_window", "is too short (got 6d; allowed: 7d to 30d)"),
    ("keys: {deletion_window: 31d}\n", "keys.deletion_window", "is too long (got 31d; allowed: 7d to 30d)"),
    ("evidence: {retention: 1d}\n", "evidence.retention", "is too short (got 1d; allowed: 7d to 2555d)"),
    ("evidence: {retention: 8y}\n", "evidence.retention", "is too long (got 2920d"),
    (
        "assumptions: {copy_time: {value: 1h, source: measured}}\n",
        "assumptions.copy_time.on",
        "a measured figure has no day",
    ),
    (
        "datasets: [{name: exports, tier: critcal}]\n",
        "datasets.exports.tier",
        "there is no such tier (got 'critcal'; allowed: critical",
    ),
    ("datasets: [{name: orders, select: null}]\n", "datasets.orders.select", "selects nothing"),
    ("datasets: [{name: orders, tenants: {by: prefix}}]\n", "datasets.orders.tenants.by", "allowed: schema, database)"),
    (
        "datasets: [{name: hosts, kind: ec2, tier: critical, select: {tags: {a: b}}, tenants: {by: key}}]\n",
        "datasets.hosts.tenants.by",
        "allowed: no tenants)",
    ),
    (
        "datasets: [{name: more, kind: s3, tier: critical}, {name: more, kind: s3, tier: critical}]\n",
        "datasets.more.name",
        "another dataset has this name",
    ),
    (
        "exclusions: [{dataset: exports, reason: nobody reads them, until: 2027-03-31}]\n",
        "exclusions.exports.dataset",
        "is excluded and protected",
    ),
    (
        f"exclusions: [{_EXCLUDED}, {_EXCLUDED}]\n",
        "exclusions.logs.dataset",
        "is excluded twice",
    ),
]


@pytest.mark.parametrize(("deviation", "field", "says"), BROKEN)
def test_values_that_do_not_go_together_are_refused(folder, deviation, field, says):
    error = folder.refused(deviation)

    assert [problem.field for problem in error.problems] == [field]
    assert says in error.message
    assert str(error.source) == f"{folder.path / 'prod.yaml'}:3"


def test_the_shortest_lock_is_not_longer_than_the_longest(folder):
    error = folder.refused("lock: {minimum: 60d, maximum: 30d}\n")

    assert [problem.field for problem in error.problems] == ["lock.maximum"]
    assert "is too short (got 30d; allowed: 60d to 36500d)" in error.message


def test_governance_needs_no_acknowledgement(folder):
    assert folder.load_with("lock: {mode: GOVERNANCE, acknowledge: null}\n").environment.lock.acknowledge is None


def test_kinds_without_continuous_backup_need_a_scheduled_rule(folder):
    error = folder.refused(
        "tiers: {now: {rules: [{name: continuous, continuous: true, delete_after: 35d}]}}\n"
        "datasets: [{name: disks, kind: ebs, tier: now, select: {tags: {a: b}}}]\n"
    )

    assert "datasets.disks.tier: nothing in this tier backs up this kind" in error.message


def test_names_leave_room_for_the_names_made_of_them(folder):
    error = folder.refused(f"organization: {'x' * 30}\nregions: {{primary: ap-southeast-1}}\n")

    assert "organization: makes a bucket name too long" in error.message


def test_no_organization_is_asked_to_have_fewer_characters_than_one(folder):
    name = "x" * 40
    folder.write(name, f"extends: whole\nenvironment: {name}\n")

    with pytest.raises(Exception, match="environment: is too long for the names of roles") as found:
        folder.load(name)
    assert "bucket name" not in found.value.message


def test_a_long_name_of_an_environment_is_refused(folder):
    name = "x" * 25
    folder.write(name, f"extends: whole\nenvironment: {name}\n")

    with pytest.raises(Exception, match="environment: is too long for the names of roles") as found:
        folder.load(name)
    assert found.value.source.line == 2


def test_everything_at_its_limit_is_allowed(folder):
    loaded = folder.load_with(
        "lock: {minimum: 1d, maximum: 36500d, changeable_for: 3d}\n"
        "keys: {rotation: 2560d, deletion_window: 7d}\n"
        "evidence: {retention: 36500d}\n"
        "assumptions: {restore_time: {value: 1s, source: measured, on: 2026-11-01}}\n"
    )

    assert loaded.environment.keys.rotation.days == 2560


def test_a_problem_of_a_default_is_told_at_the_closest_line(folder):
    error = folder.refused("evidence: {responsible: us}\nlock:\n  maximum: 90d\n")

    assert [problem.field for problem in error.problems] == ["evidence.retention"]
    assert error.source.line == 3
