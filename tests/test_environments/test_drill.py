"""Where drills restore, and what no network or restore test can be."""

from __future__ import annotations

import pytest


def test_what_is_not_said_has_a_default(folder):
    drill = folder.load_with("").environment.drill

    assert (drill.network, drill.zones) == ("10.255.0.0/24", ("a", "b"))
    assert [each.value for each in drill.endpoints] == ["backup", "kms", "logs", "sts"]
    assert drill.restore_tests.enabled
    assert drill.restore_tests.window.days == 30


def test_restore_tests_can_be_left_out(folder):
    assert not folder.load_with("drill: {restore_tests: {enabled: false}}\n").environment.drill.restore_tests.enabled


@pytest.mark.parametrize("key", ["1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-1234abcd12ab34cd56ef1234567890ab"])
def test_keys_of_one_region_and_of_several_can_be_listed(folder, key):
    arn = f"arn:aws:kms:us-west-2:111111111111:key/{key}"

    assert folder.load_with(f"drill: {{keys: ['{arn}']}}\n").environment.drill.keys == (arn,)


@pytest.mark.parametrize(
    ("said", "path", "told"),
    [
        ("network: 8.8.8.0/24", "drill.network", "is no range for a network of its own"),
        ("network: 10.0.0.0/8", "drill.network", "allowed: private addresses, /16 to /26"),
        ("network: 10.0.0.1/24", "drill.network", "is no address range"),
        ("network: 10.0.0.300/24", "drill.network", "is no address range"),
        ("network: everywhere", "drill.network", "got"),
        ("network: 10.0.0.0/26, zones: [a, b, c, d, e, f]", "drill.network", "is too small for 6 zones"),
        ("zones: [a]", "drill.zones", "got"),
        ("zones: [a, a]", "drill.zones", "names a zone twice"),
        ("zones: [a, z]", "drill.zones", "got"),
        ("endpoints: [ec2]", "drill.endpoints", "got"),
        ("keys: ['arn:aws:kms:us-west-2:111111111111:alias/shop']", "drill.keys", "got"),
        ("keys: ['arn:aws:kms:us-west-2:111111111111:key/mrk-1234']", "drill.keys", "got"),
        ("restore_tests: {window: 366d}", "drill.restore_tests.window", "is too long"),
        ("restore_tests: {window: 30h}", "drill.restore_tests.window", "is not a whole number of days"),
        ("restore_tests: {start_window: 30m}", "drill.restore_tests.start_window", "allowed: whole hours, 1h to 168h"),
        ("restore_tests: {validate_within: 8d}", "drill.restore_tests.validate_within", "cannot be asked for"),
        ("restore_tests: {schedule: cron(0 3 32 * ? *)}", "drill.restore_tests.schedule", "32"),
        ("restore_tests: {enabled: sometimes}", "drill.restore_tests.enabled", "got"),
        ("restore_tests: {schedule: rate(1 day)}", "drill.restore_tests.schedule", "got"),
    ],
)
def test_what_cannot_be_is_refused(folder, said, path, told):
    error = folder.refused(f"drill: {{{said}}}\n")

    assert path in error.problems[0].field
    assert told in error.message
