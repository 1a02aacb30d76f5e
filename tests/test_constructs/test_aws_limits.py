"""The limits of AWS Backup, Vault Lock, Data Lifecycle Manager, Recycle Bin and KMS in one list.

Every row is a limit, who publishes it, and something just over it. What else a construct refuses is in its own tests.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from backup_bench import SENTENCE, backup_role, compliance, days, plan, vault
from construct_bench import ACCOUNT

from holdfast.constructs import (
    BackupFramework,
    BackupReportPlan,
    BackupRule,
    BackupSelection,
    Conditions,
    Control,
    CopyTo,
    Governance,
    LogicallyAirGappedVault,
    RecycleBinRule,
    Recycled,
    RegionalCopy,
    ReportTemplate,
    RestoreTest,
    RestoreTestingPlan,
    SnapshotPolicy,
    SnapshotSchedule,
    SnapshotTarget,
    TestedResource,
)
from holdfast.constructs.errors import OutsideLimit

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
VAULT = "arn:aws:backup:us-west-2:444455556666:backup-vault:acme"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1"
COPY = CopyTo(VAULT, days(30))
DATABASES = ["arn:aws:rds:us-east-1:111122223333:db:*"]


def rules(count):
    return [BackupRule(f"rule-{number}", days(30)) for number in range(count)]


def select(bench, **what):
    return BackupSelection(
        bench.stack,
        "Selection",
        **({"plan": plan(bench), "role": backup_role(bench), "selection_name": "all", "resources": DATABASES} | what),
    )


def eleven_selections(bench):
    chosen, role = plan(bench), backup_role(bench)
    for number in range(11):
        BackupSelection(
            bench.stack, f"S{number}", plan=chosen, role=role, selection_name=f"s{number}", resources=DATABASES
        )


def air_gapped(bench, minimum, maximum):
    return LogicallyAirGappedVault(
        bench.stack,
        "Gapped",
        vault_name="gapped",
        minimum=minimum,
        maximum=maximum,
        acknowledge=SENTENCE,
        break_glass=bench.break_glass,
    )


def snapshots(bench, *schedules, **props):
    given = {"tags": {"service": "metrics"}, "target": SnapshotTarget.VOLUMES} | props
    return SnapshotPolicy(
        bench.stack,
        "Policy",
        description="Volumes",
        account=ACCOUNT,
        role_name="snapshots",
        schedules=schedules,
        **given,
    )


def schedules(count):
    return [SnapshotSchedule(f"s{number}") for number in range(count)]


def restore_tests(bench, *tests, **props):
    given = {"plan_name": "weekly", "vault_arns": [VAULT]} | props
    return RestoreTestingPlan(bench.stack, "Tests", account=ACCOUNT, role_name="tests", tests=tests, **given)


def restores(count=1, **props):
    given = {"tags": {"service": "orders"}} | props
    return [RestoreTest(f"t{number}", TestedResource.RDS, **given) for number in range(count)]


def framework(bench, name="frame", count=1):
    return BackupFramework(bench.stack, "Frame", framework_name=name, controls=[Control.kept_for(days(35))] * count)


def report(bench, **props):
    given = {"report_plan_name": "restores", "template": ReportTemplate.RESTORE_JOBS} | props
    return BackupReportPlan(bench.stack, "Report", bucket_name="acme-reports", **given)


def tags(count):
    return {f"k{number}": "v" for number in range(count)}


OVER = [
    ("AWS Backup: plan name up to 50", lambda bench: plan(bench, plan_name="x" * 51), "plan_name"),
    ("AWS Backup: a plan has rules", lambda bench: plan(bench, rules=[]), "rules"),
    ("AWS Backup: rules a plan", lambda bench: plan(bench, *rules(11)), "rules"),
    ("AWS Backup: each rule name once", lambda bench: plan(bench, *rules(1) * 2), "rules"),
    ("AWS Backup: selections a plan", eleven_selections, "selections"),
    ("AWS Backup: selection name up to 50", lambda bench: select(bench, selection_name="x" * 51), "selection_name"),
    ("AWS Backup: a selection selects", lambda bench: select(bench, resources=[]), "resources"),
    (
        "AWS Backup: ARNs a selection",
        lambda bench: select(bench, resources=[f"{DATABASES[0][:-1]}{number}" for number in range(501)]),
        "resources",
    ),
    ("AWS Backup: patterns a selection", lambda bench: select(bench, resources=DATABASES * 31), "resources"),
    ("AWS Backup: * at the end", lambda bench: select(bench, resources=["arn:aws:rds:*:1:db:x"]), "resources"),
    (
        "AWS Backup: conditions a selection",
        lambda bench: select(bench, conditions=Conditions(equals=tags(31))),
        "conditions",
    ),
    ("AWS Backup: tags a selection", lambda bench: select(bench, any_tag=tags(31)), "any_tag"),
    ("AWS Backup: rule name up to 50", lambda _: BackupRule("x" * 51, days(30)), "name"),
    ("AWS Backup: schedules are cron", lambda _: BackupRule("r", days(30), schedule="rate(1 day)"), "schedule"),
    ("AWS Backup: six fields", lambda _: BackupRule("r", days(30), schedule="cron(0 2 * * ?)"), "schedule"),
    ("AWS Backup: start window", lambda _: BackupRule("r", days(30), start_window=59 * MINUTE), "start_window"),
    (
        "AWS Backup: completion window",
        lambda _: BackupRule("r", days(30), completion_window=119 * MINUTE),
        "completion_window",
    ),
    ("AWS Backup: retention a day or more", lambda _: BackupRule("r", days(0)), "delete_after"),
    ("AWS Backup: retention 100 years", lambda _: BackupRule("r", days(36_501)), "delete_after"),
    ("AWS Backup: whole days", lambda _: BackupRule("r", 36 * HOUR), "delete_after"),
    (
        "AWS Backup: 90 days cold",
        lambda _: BackupRule("r", days(119), cold_storage_after=days(30)),
        "cold_storage_after",
    ),
    ("AWS Backup: 35 days continuous", lambda _: BackupRule("r", days(36), continuous=True), "delete_after"),
    (
        "AWS Backup: no cold continuous",
        lambda _: BackupRule("r", days(35), continuous=True, cold_storage_after=days(1)),
        "cold_storage_after",
    ),
    ("AWS Backup: copies a rule", lambda _: BackupRule("r", days(30), copies=(COPY,) * 6), "copies"),
    ("AWS Backup: tags a point", lambda _: BackupRule("r", days(30), tags=tags(51)), "tags"),
    ("AWS Backup: a copy is 90 days cold", lambda _: CopyTo(VAULT, days(100), days(11)), "cold_storage_after"),
    ("AWS Backup: vault name up to 50", lambda bench: vault(bench, vault_name="x" * 51), "vault_name"),
    ("Vault Lock: a day or more", lambda _: Governance(days(0)), "minimum"),
    ("Vault Lock: 100 years", lambda _: Governance(days(1), days(36_501)), "maximum"),
    ("Vault Lock: ends after it begins", lambda _: Governance(days(30), days(29)), "maximum"),
    ("Vault Lock: three days of grace", lambda _: compliance(changeable_for=days(2)), "changeable_for"),
    ("Vault Lock: said and meant", lambda _: compliance(acknowledge="yes"), "acknowledge"),
    ("Vault Lock: takes the rule", lambda bench: plan(bench, BackupRule("short", days(29))), "delete_after of short"),
    ("Air-gapped vault: 7 days or more", lambda bench: air_gapped(bench, days(6), days(30)), "minimum"),
    ("Air-gapped vault: 100 years", lambda bench: air_gapped(bench, days(7), days(36_501)), "maximum"),
    ("Air-gapped vault: ends after it begins", lambda bench: air_gapped(bench, days(30), days(7)), "maximum"),
    ("DLM: a policy has schedules", lambda bench: snapshots(bench), "schedules"),
    ("DLM: four schedules", lambda bench: snapshots(bench, *schedules(5)), "schedules"),
    ("DLM: tags it looks for", lambda bench: snapshots(bench, *schedules(1), tags={}), "tags"),
    ("DLM: 1000 snapshots", lambda _: SnapshotSchedule("s", count=1001), "count"),
    ("DLM: one snapshot", lambda _: SnapshotSchedule("s", count=0), "count"),
    ("DLM: hours that divide a day", lambda _: SnapshotSchedule("s", every=5 * HOUR), "every"),
    ("DLM: 100 years", lambda _: SnapshotSchedule("s", keep=days(36_501)), "keep"),
    (
        "DLM: three copies",
        lambda _: SnapshotSchedule("s", copies=(RegionalCopy("us-west-2", KEY, days(1)),) * 4),
        "copies",
    ),
    ("DLM: ten zones of fast restore", lambda _: SnapshotSchedule("s", fast_restore=["a"] * 11), "fast_restore"),
    ("DLM: 45 tags", lambda _: SnapshotSchedule("s", tags=tags(46)), "tags"),
    (
        "Recycle Bin: a day or more",
        lambda bench: RecycleBinRule(bench.stack, "Bin", kind=Recycled.EBS_SNAPSHOT, keep=days(0)),
        "keep",
    ),
    (
        "Recycle Bin: a year",
        lambda bench: RecycleBinRule(bench.stack, "Bin", kind=Recycled.EBS_SNAPSHOT, keep=days(366)),
        "keep",
    ),
    (
        "Recycle Bin: 7 to 30 days to unlock",
        lambda bench: RecycleBinRule(
            bench.stack, "Bin", kind=Recycled.EBS_SNAPSHOT, keep=days(30), unlock_delay=days(6)
        ),
        "unlock_delay",
    ),
    ("Restore testing: plan name", lambda bench: restore_tests(bench, *restores(), plan_name="a-b"), "plan_name"),
    (
        "Restore testing: 50 characters",
        lambda bench: restore_tests(bench, *restores(), plan_name="x" * 51),
        "plan_name",
    ),
    ("Restore testing: 30 selections", lambda bench: restore_tests(bench, *restores(31)), "tests"),
    (
        "Restore testing: 30 vaults",
        lambda bench: restore_tests(bench, *restores(), vault_arns=[VAULT] * 31),
        "vault_arns",
    ),
    ("Restore testing: 30 ARNs", lambda _: restores(tags={}, arns=[f"{VAULT}{n}" for n in range(31)]), "arns"),
    ("Restore testing: 30 conditions", lambda _: restores(tags=tags(31)), "tags"),
    ("Restore testing: ARNs or tags", lambda _: restores(arns=[VAULT]), "arns"),
    ("Restore testing: 168 hours kept", lambda _: restores(validate_within=169 * HOUR), "validate_within"),
    (
        "Restore testing: an hour to start",
        lambda bench: restore_tests(bench, *restores(), start_window=0 * HOUR),
        "start",
    ),
    ("Restore testing: a year back", lambda bench: restore_tests(bench, *restores(), window=days(366)), "window"),
    ("Audit Manager: framework name", lambda bench: framework(bench, "a-b"), "framework_name"),
    ("Audit Manager: 50 controls", lambda bench: framework(bench, count=51), "controls"),
    ("Audit Manager: report name", lambda bench: report(bench, report_plan_name="a-b"), "report_plan_name"),
    ("KMS: rotation 90 days or more", lambda bench: bench.key(rotation=days(89)), "rotation"),
    ("KMS: rotation 2560 days", lambda bench: bench.key(rotation=days(2561)), "rotation"),
    ("KMS: a week before deletion", lambda bench: bench.key(deletion_window=days(6)), "deletion_window"),
    ("KMS: 30 days before deletion", lambda bench: bench.key(deletion_window=days(31)), "deletion_window"),
    ("KMS: alias", lambda bench: bench.key(alias="alias/aws/x"), "alias"),
]


@pytest.mark.parametrize(("over", "field"), [pytest.param(over, field, id=limit) for limit, over, field in OVER])
def test_over_a_limit_is_one_error_with_construct_field_value_and_allowed(bench, over, field):
    with pytest.raises(OutsideLimit) as refused:
        over(bench)

    values = refused.value.values
    assert field in values["field"]
    assert values["construct"] in refused.value.message
    assert str(values["allowed"]) in refused.value.message
    assert values["reference"].startswith(("https://", "docs/"))
    assert refused.value.exit_code == 1


def test_every_limit_is_there_once():
    names = [limit for limit, _, _ in OVER]

    assert len(names) == len(set(names)) > 60
