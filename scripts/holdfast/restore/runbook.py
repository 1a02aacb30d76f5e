"""The runbook of an environment: what to do, in which order, with its real buckets, vaults, keys, roles and stacks.

Written from the declaration alone, so it can be printed before the day and is the same for everybody who prints it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from holdfast.environments.durations import format_duration
from holdfast.environments.model import Environment, Scenario
from holdfast.environments.names import Names

_PUSHED = frozenset({"s3", "files", "configuration"})
"""Kinds of dataset whose backups are sets of our own."""


@dataclass(frozen=True)
class Step:
    """One thing to do: why, and the commands."""

    text: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A scenario, or a table of names.

    Args:
        title: its heading.
        intro: what it is about.
        steps: what to do, in order.
        rows: a table; the first row is its head.
    """

    title: str
    intro: str
    steps: tuple[Step, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def sections_of(environment: Environment) -> tuple[Section, ...]:
    """The runbook, section by section."""
    names = Names(environment)
    return (
        _people(environment, names),
        _places(environment, names),
        _datasets(environment),
        _corruption(environment, names),
        _region_loss(environment, names),
        _key_loss(environment, names),
        _account_loss(environment, names),
        _afterwards(environment),
        _by_hand(environment, names),
    )


def _people(environment: Environment, names: Names) -> Section:
    watch = environment.watch
    rows = [
        ("what", "who"),
        ("answers for recovery", environment.evidence.responsible or "nobody is named: set evidence.responsible"),
        ("restores", f"whoever may take on {names.role('restore-operator')}, with MFA"),
        *(("approves", each.principal) for each in environment.restore.approvers),
        ("breaks the glass", "whoever restores: no approval, a reason, and everybody hears of it"),
        ("keys and policies", f"whoever may take on {names.role('break-glass')}, with MFA; they restore nothing"),
    ]
    if not environment.restore.approvers:
        rows.append(("approves", "nobody is declared: set restore.approvers before the day"))
    if watch is not None:
        rows += [("is told", ", ".join(watch.notify)), ("is told at once", ", ".join(watch.escalate_to))]
        rows.append(("escalation", watch.escalation))
    return Section(
        "Who", "Two people are needed for every restore: one plans and runs, another approves.", (), tuple(rows)
    )


def _places(environment: Environment, names: Names) -> Section:
    accounts, regions = environment.accounts, environment.regions
    rows = [
        ("what", "name", "account", "Region"),
        ("backup sets", names.vault_bucket, accounts.workload, regions.primary),
        ("their copy", names.replica_bucket, accounts.backup, regions.recovery),
        ("evidence", names.evidence_bucket, accounts.workload, regions.primary),
        ("AWS Backup vault", names.backup_vault, accounts.workload, regions.primary),
        ("AWS Backup copies", names.copy_vault, accounts.backup, regions.recovery),
        ("backup key", names.key_alias, accounts.workload, regions.primary),
        ("backup key of the copy", names.key_alias, accounts.backup, regions.recovery),
        ("vault keys", names.vault_key_alias, "each its own", "both"),
        ("signing key", names.signing_key_alias, accounts.workload, regions.primary),
        *(
            (f"role: {purpose}", names.role(purpose), accounts.workload, "-")
            for purpose in ("backup-writer", "restore-operator", "drill-runner", "break-glass")
        ),
        ("stacks, in order", ", ".join(names.stack(part) for part in names.parts), "-", "-"),
    ]
    return Section(
        "What is where", "Nothing here asks a service: these names hold while a Region is down.", (), tuple(rows)
    )


def _datasets(environment: Environment) -> Section:
    rows: list[tuple[str, ...]] = [("dataset", "kind", "tier", "RPO / RTO corruption", "RPO / RTO region loss")]
    for dataset in environment.datasets:
        tier = environment.tier_of(dataset)
        promised = [
            f"{_time(tier.rpo.get(each))} / {_time(tier.rto.get(each))}"
            for each in (Scenario.CORRUPTION, Scenario.REGION_LOSS)
        ]
        rows.append((dataset.name, dataset.kind.value, dataset.tier, *promised))
    intro = "The most that may be lost, and the longest it may take. Restore what may take the shortest time first."
    return Section("What is promised", intro, (), tuple(rows))


def _corruption(environment: Environment, names: Names) -> Section:
    name, region = environment.environment, environment.regions.primary
    steps = [
        Step("Stop what writes, and note the last moment the data was good (UTC).", ()),
        Step("See which sets count.", (f"holdfast catalog {name}",)),
        *_restores(environment, region, "--before 2026-01-01T00:00:00Z"),
        *_services(environment, names.backup_vault, region),
    ]
    return Section("Data is corrupted or deleted", f"Restore from {names.vault_bucket} in {region}.", tuple(steps))


def _region_loss(environment: Environment, names: Names) -> Section:
    name, region = environment.environment, environment.regions.recovery
    recovery = [names.stack(part) for part in names.parts if part.startswith("recovery")]
    steps = [
        Step(
            "Make sure that the recovery Region stands by itself; the plan must show no change.",
            tuple(f"holdfast plan {name} --stack {stack}" for stack in recovery),
        ),
        Step("See which sets are whole there.", (f"holdfast catalog {name} --region {region}",)),
        *_restores(environment, region, ""),
        *_services(environment, names.copy_vault, region),
        Step("Evidence is signed with this machine's key while the signing key is out of reach; the record says so."),
    ]
    intro = f"{environment.regions.primary} is lost. Everything is in {names.replica_bucket} in {region}."
    return Section("The primary Region is lost", intro, tuple(steps))


def _key_loss(environment: Environment, names: Names) -> Section:
    accounts, regions = environment.accounts, environment.regions
    key = names.alias_arn(names.key_alias, account=accounts.workload, region=regions.primary)
    steps = [
        Step(
            f"As {names.role('break-glass')}, with MFA: look at the key, and take back what can be taken back.",
            (
                f"aws kms describe-key --region {regions.primary} --key-id {key}",
                f"aws kms cancel-key-deletion --region {regions.primary} --key-id KEY_ID",
                f"aws kms enable-key --region {regions.primary} --key-id KEY_ID",
            ),
        ),
        Step(f"If it is gone, what it encrypted in {names.vault_bucket} is gone. The copy has a key of its own."),
        *_restores(environment, regions.recovery, ""),
        Step(
            "Write backups under a new key.",
            (f"holdfast apply {environment.environment} --confirm {environment.environment}",),
        ),
    ]
    intro = f"{names.key_alias} in {regions.primary} is disabled, waits for its deletion, or is gone."
    return Section("The backup key is lost", intro, tuple(steps))


def _account_loss(environment: Environment, names: Names) -> Section:
    accounts, regions = environment.accounts, environment.regions
    if accounts.workload == accounts.backup:
        text = "Workload and backup share one account, so nothing survives its loss. Use two accounts."
        return Section("The workload account is lost", text)
    steps = [
        Step(
            f"Cut the account off: in the organisation, move {accounts.workload} under a policy that denies everything."
        ),
        Step(
            f"Work from account {accounts.backup}: the bucket and the vault there allow nobody of the lost account to "
            "delete before the lock ends.",
            (
                f"aws s3api get-object-lock-configuration --bucket {names.replica_bucket}",
                f"aws backup describe-backup-vault --region {regions.recovery} --backup-vault-name {names.copy_vault}",
            ),
        ),
        Step(
            f"The roles of {environment.environment} lived in the lost account. Declare a new workload account in the "
            "environment file (accounts.workload), have it reviewed, and apply.",
            (f"holdfast plan {environment.environment}", f"holdfast apply {environment.environment}"),
        ),
        *_restores(environment, regions.recovery, ""),
        *_services(environment, names.copy_vault, regions.recovery),
    ]
    intro = f"Account {accounts.workload} is lost or not trusted any more; {accounts.backup} holds the copies."
    return Section("The workload account is lost", intro, tuple(steps))


def _afterwards(environment: Environment) -> Section:
    name = environment.environment
    steps = (
        Step(
            "Verify the evidence, and keep the head it prints somewhere else.",
            (f"holdfast evidence verify {name} --store",),
        ),
        Step("Export who did what.", (f"holdfast audit export --format csv --environment {name} > audit.csv",)),
        Step(
            "Rotate every credential that may have been read; write the old ones down as revoked.",
            (f"holdfast erasure add {name} --secret --reason INCIDENT < old-secret",),
        ),
        Step("Close the session of whoever broke the glass, and review why it was broken."),
    )
    return Section("Afterwards", "When the service is back.", steps)


def _by_hand(environment: Environment, names: Names) -> Section:
    name, region = environment.environment, environment.regions.primary
    pushed = [dataset for dataset in environment.datasets if dataset.kind.value in _PUSHED]
    steps = [
        Step(
            f"As {names.role('backup-writer')}: it counts, is catalogued and is in the audit log like any other.",
            tuple(f"holdfast push {name} {dataset.name} DIRECTORY" for dataset in pushed),
        )
    ]
    if len(pushed) < len(environment.datasets):
        steps.append(
            Step(
                f"As {names.role('backup-operator')}, what AWS Backup protects.",
                (
                    f"aws backup start-backup-job --region {region} --backup-vault-name {names.backup_vault} "
                    f"--resource-arn ARN --iam-role-arn {names.role_arn('aws-backup')}",
                ),
            )
        )
    return Section("A backup by hand", "Before something risky, or when a scheduled one was missed.", tuple(steps))


def _restores(environment: Environment, region: str, more: str) -> Iterator[Step]:
    """Plan, approve, run: for every dataset whose backups are sets."""
    name = environment.environment
    pushed = [dataset for dataset in environment.datasets if dataset.kind.value in _PUSHED]
    if not pushed:
        return
    options = f" {more}" if more else ""
    yield Step(
        "Plan. Tell the approver the digest it prints by another way than the file.",
        tuple(
            f"holdfast restore plan {name} --dataset {dataset.name} --region {region}{options} "
            f"--to ./restored/{dataset.name} --out {dataset.name}-plan.json --reason INCIDENT"
            for dataset in pushed
        ),
    )
    if any(dataset.tenants for dataset in pushed):
        yield Step("For one tenant only, add `--tenant TENANT` and let the target end in the tenant's name.")
    yield Step(
        "A second person approves, on their own machine.",
        tuple(
            f"holdfast restore approve {name} {dataset.name}-plan.json --digest DIGEST --valid-for 4h "
            f"--out {dataset.name}-approval.json"
            for dataset in pushed
        ),
    )
    yield Step(
        "Run. Interrupted, the same command goes on.",
        tuple(
            f"holdfast restore run {name} {dataset.name}-plan.json --approval {dataset.name}-approval.json "
            f"--mfa-serial {_device(environment)}"
            for dataset in pushed
        ),
    )
    yield Step(
        "If nobody can approve, break the glass: everybody hears of it.",
        (
            f'holdfast restore run {name} PLAN.json --break-glass --reason "INCIDENT, decided by WHOM" '
            f"--mfa-serial {_device(environment)}",
        ),
    )


def _services(environment: Environment, vault: str, region: str) -> Iterator[Step]:
    """Recovery points of AWS Backup: for every dataset a service keeps."""
    kept = [dataset for dataset in environment.datasets if dataset.kind.value not in _PUSHED]
    if not kept:
        return
    kinds = ", ".join(f"{dataset.name} ({dataset.kind.value})" for dataset in kept)
    yield Step(
        f"Find the recovery points of {kinds} in {vault}, and restore each with its service's metadata, as a role of "
        "yours that AWS Backup may take on.",
        (
            f"aws backup list-recovery-points-by-backup-vault --region {region} --backup-vault-name {vault}",
            f"aws backup get-recovery-point-restore-metadata --region {region} --backup-vault-name {vault} "
            "--recovery-point-arn ARN",
            f"aws backup start-restore-job --region {region} --recovery-point-arn ARN --metadata file://metadata.json "
            "--iam-role-arn ROLE",
        ),
    )


def _device(environment: Environment) -> str:
    return f"arn:aws:iam::{environment.accounts.workload}:mfa/YOU"


def _time(promised: timedelta | None) -> str:
    return "-" if promised is None else format_duration(promised)
