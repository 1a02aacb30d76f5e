"""What has to hold for datasets and for what is left out on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from holdfast.environments.datasets import Dataset, DatasetKind, Snapshots
from holdfast.environments.faults import Fault, did_you_mean, within
from holdfast.environments.model import Environment
from holdfast.environments.postgres import Postgres, check_postgres
from holdfast.environments.tag_checks import check_select
from holdfast.environments.tenants import TenantsBy, check_tenants
from holdfast.objectives.services import SERVICES

_SELECTED = frozenset(
    {DatasetKind.RDS, DatasetKind.AURORA, DatasetKind.DYNAMODB, DatasetKind.EBS, DatasetKind.EC2, DatasetKind.EFS}
)
"""Kinds that AWS Backup finds by tag or ARN; without one it would protect nothing, in silence."""

_DAY = timedelta(days=1)
_RDS_OWN = frozenset({"server", "superuser", "archive_timeout"})
"""Settings of a server that archives by itself; RDS ships the log and has a master user of its own."""
_TENANTS = {
    DatasetKind.S3: (TenantsBy.PREFIX,),
    DatasetKind.FILES: (TenantsBy.PREFIX,),
    DatasetKind.EFS: (TenantsBy.PREFIX,),
    DatasetKind.RDS: (TenantsBy.SCHEMA, TenantsBy.DATABASE),
    DatasetKind.AURORA: (TenantsBy.SCHEMA, TenantsBy.DATABASE),
    DatasetKind.POSTGRES: (TenantsBy.SCHEMA, TenantsBy.DATABASE, TenantsBy.COLUMN),
    DatasetKind.DYNAMODB: (TenantsBy.KEY, TenantsBy.ATTRIBUTE),
}
"""How the tenants of each kind can be told apart."""


def check_datasets(environment: Environment) -> Iterator[Fault]:
    """The faults of every dataset."""
    seen: set[str] = set()
    for dataset in environment.datasets:
        path = f"datasets.{dataset.name}"
        if dataset.name in seen:
            yield Fault(f"{path}.name", "another dataset has this name", dataset.name, "a name of its own")
        seen.add(dataset.name)
        yield from _tier(path, dataset, environment)
        yield from _select(path, dataset)
        yield from check_select(f"{path}.select", dataset)
        yield from _tenants(path, dataset)
        yield from _postgres(path, dataset)
        yield from _replicated(path, dataset, environment)
        yield from _snapshots(path, dataset, environment)


def check_exclusions(environment: Environment) -> Iterator[Fault]:
    """The faults of every exclusion that do not depend on the date."""
    seen: set[str] = set()
    for each in environment.exclusions:
        path = f"exclusions.{each.dataset}.dataset"
        if each.dataset in seen:
            yield Fault(path, "is excluded twice", each.dataset, "once", "take one of the two out")
        seen.add(each.dataset)
        if environment.dataset(each.dataset) is not None:
            hint = "take it out of datasets or out of exclusions"
            yield Fault(
                path, "is excluded and protected", each.dataset, "the name of something that is not a dataset", hint
            )


def _tier(path: str, dataset: Dataset, environment: Environment) -> Iterator[Fault]:
    tiers = environment.tiers
    if dataset.tier not in tiers:
        hint = did_you_mean(dataset.tier, tiers)
        yield Fault(f"{path}.tier", "there is no such tier", repr(dataset.tier), ", ".join(tiers), hint)
    elif not SERVICES[dataset.kind].has_continuous and all(rule.continuous for rule in tiers[dataset.tier].rules):
        hint = f"{dataset.kind} has no point-in-time recovery; the tier needs a rule with a schedule"
        allowed = "a tier with a scheduled rule"
        yield Fault(f"{path}.tier", "nothing in this tier backs up this kind", repr(dataset.tier), allowed, hint)


def _select(path: str, dataset: Dataset) -> Iterator[Fault]:
    if dataset.kind in _SELECTED and not dataset.select.tags and not dataset.select.arns:
        hint = "without tags or arns AWS Backup would protect nothing, and not say so"
        yield Fault(
            f"{path}.select", "selects nothing", "no tags and no arns", "select: {tags: {…}} or {arns: […]}", hint
        )


def _tenants(path: str, dataset: Dataset) -> Iterator[Fault]:
    if dataset.tenants is None:
        return
    possible = _TENANTS.get(dataset.kind, ())
    if dataset.tenants.by not in possible:
        allowed = ", ".join(possible) or "no tenants"
        problem = f"tenants of kind {dataset.kind} are not told apart like this"
        yield Fault(f"{path}.tenants.by", problem, dataset.tenants.by, allowed)
        return
    yield from check_tenants(f"{path}.tenants", dataset.tenants)


def _postgres(path: str, dataset: Dataset) -> Iterator[Fault]:
    if dataset.postgres is None:
        return
    if dataset.kind not in (DatasetKind.POSTGRES, DatasetKind.RDS):
        problem = f"a dataset of kind {dataset.kind} has no server of this sort"
        allowed = f"kind: {DatasetKind.POSTGRES}, or {DatasetKind.RDS} for its checks"
        yield Fault(f"{path}.postgres", problem, "settings of a server", allowed)
    if dataset.kind is DatasetKind.RDS:
        for name in sorted(_RDS_OWN):
            value = getattr(dataset.postgres, name)
            if value != Postgres.model_fields[name].default:
                yield Fault(f"{path}.postgres.{name}", "is for RDS to say", str(value), "no value for kind: rds")
    yield from check_postgres(f"{path}.postgres", dataset.postgres)


def _replicated(path: str, dataset: Dataset, environment: Environment) -> Iterator[Fault]:
    """RDS replicates automated backups of single instances, so a tier that asks for it needs to know which."""
    tier = environment.tiers.get(dataset.tier)
    if tier is None or dataset.kind is not DatasetKind.RDS or all(rule.replicate_for is None for rule in tier.rules):
        return
    hint = f"tier {dataset.tier} has replicate_for, and RDS replicates instances, not tags"
    if not dataset.select.arns:
        yield Fault(f"{path}.select", "names no instance to replicate", "no arns", "select: {arns: […]}", hint)
    prefix = f"arn:aws:rds:{environment.regions.primary}:{environment.accounts.workload}:db:"
    for number, arn in enumerate(dataset.select.arns):
        if not re.fullmatch(re.escape(prefix) + r"[a-zA-Z][a-zA-Z0-9-]*", arn):
            yield Fault(f"{path}.select.arns.{number}", "cannot be replicated", arn, f"{prefix}<instance>", hint)


def _snapshots(path: str, dataset: Dataset, environment: Environment) -> Iterator[Fault]:
    asked = dataset.snapshots
    if asked == Snapshots():
        return
    if dataset.kind not in (DatasetKind.EBS, DatasetKind.EC2) or len(dataset.select.tags) != 1:
        got = f"{dataset.kind}, {len(dataset.select.tags)} tags"
        hint = "Data Lifecycle Manager takes what has any of its tags, so it is used for a single one"
        yield Fault(f"{path}.snapshots", "are not made of this dataset", got, "ebs or ec2, found by one tag", hint)
    century, why = timedelta(days=36_500), "Data Lifecycle Manager counts whole days"
    yield from within(f"{path}.snapshots.keep", asked.keep, _DAY, century, why=why)
    if asked.copy_for is not None:
        yield from within(f"{path}.snapshots.copy_for", asked.copy_for, _DAY, century, why=why)
    primary = environment.regions.primary
    for number, zone in enumerate(asked.fast_restore):
        if zone[:-1] != primary:
            yield Fault(f"{path}.snapshots.fast_restore.{number}", "is in another Region", zone, f"{primary}a, …")
