"""Whom to tell, and what is refused: somebody nobody can reach, a secret, a year too short."""

from __future__ import annotations

import pytest

SAID = "runbook: https://wiki.acme.com/b, escalation: Call the lead., notify: [a@acme.com], escalate_to: [b@acme.com]"
SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:siem-Ab12Cd"


def said(more=""):
    return f"watch: {{{SAID}{more}}}\n"


def test_what_is_not_said_has_a_default(folder):
    watch = folder.load_with(said()).environment.watch

    assert watch.retention.days == 400
    assert (watch.refused_deletes, watch.bulk_download_gib) == (5, 100)
    assert (watch.siem, watch.storage_limit_gib, watch.drills_reported) == (None, None, False)


def test_nobody_is_told_unless_the_file_says_so(folder):
    assert folder.load_with("").environment.watch is None


@pytest.mark.parametrize(
    ("more", "path", "told"),
    [
        (", retention: 364d", "watch.retention", "is too short (got 364d; allowed: 365d"),
        (", retention: 9001h", "watch.retention", "is not a whole number of days"),
        (", jobs_every: 8d", "watch.jobs_every", "cannot be watched (got 192h; allowed: whole hours, 1h to 7d"),
        (", jobs_every: 90m", "watch.jobs_every", "cannot be watched (got 1.5h"),
        (
            ', readers: ["arn:aws:iam::111111111111:role/*-reader"]',
            "watch.readers",
            "has a * before its end",
        ),
        (
            f", siem: {{endpoint: https://siem.acme.com/c, secret_arn: {SECRET.replace('us-east-1', 'us-west-2')}}}",
            "watch.siem.secret_arn",
            "is in another Region (got us-west-2; allowed: us-east-1",
        ),
        (f", siem: {{endpoint: https://siem.acme.com/?token=abc, secret_arn: {SECRET}}}", "watch.siem.endpoint", "got"),
        (", siem: {endpoint: https://siem.acme.com/c, secret_arn: hunter2}", "watch.siem.secret_arn", "got"),
        (", storage_limit_gib: 0", "watch.storage_limit_gib", "got"),
    ],
)
def test_what_cannot_be_watched_is_refused(folder, more, path, told):
    error = folder.refused(said(more))

    assert path in error.problems[0].field
    assert told in error.message
