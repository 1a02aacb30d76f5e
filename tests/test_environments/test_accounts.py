"""Accounts, who deploys into them, and what is asked for beyond plans; and what cannot be."""

from __future__ import annotations

import pytest

from holdfast.environments.names import Names

LEDGER = "arn:aws:rds:us-east-1:111111111111:db:ledger"
ACCOUNTS = 'accounts: {workload: "111111111111", backup: "222222222222"'


def tier(rule):
    """A tier `other` with one rule more, and an RDS dataset in it."""
    return f"""tiers:
  other:
    rules:
      - name: daily
        schedule: cron(0 2 * * ? *)
        delete_after: 30d
      - {{name: more, {rule}}}
"""


def dataset(said):
    return f"datasets:\n  - {{name: ledger, tier: other, {said}}}\n"


CONTINUOUS = "continuous: true, delete_after: 35d"
DAILY = 'schedule: "cron(0 4 * * ? *)", delete_after: 30d'


def test_what_is_not_said_is_left_alone(folder):
    environment = folder.load_with("").environment

    assert (environment.accounts.management, environment.accounts.deployer_role) == (None, None)
    assert environment.aws_backup.opt_in == ()
    assert not environment.aws_backup.audit_manager


def test_the_role_terraform_takes_on_is_the_deployer(folder):
    environment = folder.load_with(f"{ACCOUNTS}, deployer_role: pipeline}}\n").environment

    assert Names(environment).deployer_arn("222222222222") == "arn:aws:iam::222222222222:role/pipeline"


def test_what_can_be_asked_for_is(folder):
    said = tier(f"{CONTINUOUS}, replicate_for: 14d") + dataset(f"kind: rds, select: {{arns: ['{LEDGER}']}}")

    assert folder.load_with(said).environment.tiers["other"].rules[1].replicate_for.days == 14


@pytest.mark.parametrize(
    ("said", "path", "told"),
    [
        (f'{ACCOUNTS}, management: "999999999999"}}\n', "accounts.management", "needs accounts.deployer_role"),
        (f"{ACCOUNTS}, deployer_role: a/b}}\n", "accounts.deployer_role", "got"),
        (
            f"{ACCOUNTS}, deployer_role: pipeline}}\n"
            "principals: {deployer: ['arn:aws:iam::111111111111:role/deploy-*']}\n",
            "accounts.deployer_role",
            "is no deployer",
        ),
        ("aws_backup: {opt_in: [EBS]}\n", "aws_backup.opt_in", "leaves out RDS, S3"),
        (tier(f"{CONTINUOUS}, replicate_for: 36d"), "replicate_for", "is too long"),
        (tier(f"{CONTINUOUS}, replicate_for: 36h"), "replicate_for", "is not a whole number of days"),
        (tier(f"{DAILY}, replicate_for: 7d"), "replicate_for", "belongs to continuous rules"),
        (tier(f"{CONTINUOUS}, air_gapped: {{delete_after: 35d}}"), "air_gapped", "a continuous rule is not copied"),
        (tier(f"{DAILY}, air_gapped: {{delete_after: 29d}}"), "air_gapped.delete_after", "allowed: 30d"),
        (tier(f"{DAILY}, air_gapped: {{}}"), "air_gapped", "delete_after"),
        (
            tier(f"{CONTINUOUS}, replicate_for: 7d") + dataset("kind: rds, select: {tags: {a: b}}"),
            "datasets.ledger.select",
            "names no instance to replicate",
        ),
        (
            tier(f"{CONTINUOUS}, replicate_for: 7d")
            + dataset(f"kind: rds, select: {{arns: ['{LEDGER.replace('us-east-1', 'eu-west-1')}']}}"),
            "datasets.ledger.select.arns",
            "cannot be replicated",
        ),
        (
            tier(CONTINUOUS) + dataset(f"kind: rds, select: {{arns: ['{LEDGER}']}}, snapshots: {{copy_for: 7d}}"),
            "datasets.ledger.snapshots",
            "are not made of this dataset",
        ),
        (
            tier(CONTINUOUS) + dataset("kind: ebs, select: {tags: {a: b, c: d}}, snapshots: {keep: 9d}"),
            "datasets.ledger.snapshots",
            "ebs or ec2, found by one tag",
        ),
        (
            tier(CONTINUOUS) + dataset("kind: ebs, select: {tags: {a: b}}, snapshots: {copy_for: 12h}"),
            "datasets.ledger.snapshots.copy_for",
            "is not a whole number of days",
        ),
        (
            tier(CONTINUOUS) + dataset("kind: ebs, select: {tags: {a: b}}, snapshots: {fast_restore: [us-west-2a]}"),
            "datasets.ledger.snapshots.fast_restore",
            "is in another Region",
        ),
    ],
)
def test_what_cannot_be_is_refused(folder, said, path, told):
    error = folder.refused(said)

    assert path in " ".join(each.field for each in error.problems)
    assert told in error.message
