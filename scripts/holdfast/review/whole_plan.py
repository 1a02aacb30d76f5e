"""Conditions over all plans together: does what is there after them still make sense as a whole?

What was so before the plans as well is mentioned, not held against them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from holdfast.review.finding import Finding, Json, Kind, Severity
from holdfast.review.key_access import refusals
from holdfast.review.node import Node
from holdfast.review.plan import Change, Plan
from holdfast.review.readings import EXPIRY
from holdfast.review.rule import PLAIN
from holdfast.review.rules import CATALOGUE
from holdfast.review.words import listed, quoted
from holdfast.review.world import Thing, World, number, owner_name, text, world


def whole_plan(plans: Sequence[Plan]) -> list[Finding]:
    """The conditions that do not hold after the plans, and guards that go together with what they guard."""
    new = list(conditions(world(plans, before=False)))
    old = {(f.rule, f.address, f.path) for f in conditions(world(plans, before=True))} if new else set()
    found = [_known(f) if (f.rule, f.address, f.path) in old else f for f in new]
    return [*found, *(finding for plan in plans for finding in _guards_removed(plan))]


def conditions(here: World) -> Iterator[Finding]:
    """Every condition that does not hold in one world."""
    yield from _bucket_copies(here)
    yield from _expiries(here)
    yield from _keys(here)
    for plan in here.of("aws_backup_plan"):
        yield from _backup_plan(here, plan)


def deletion_prepared(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each resource that is loosened and not yet deleted."""
    rule = CATALOGUE["deletion-prepared"]
    findings = list(findings)
    lost = {(f.stack, f.address) for f in findings if f.kind is Kind.LOSS}
    steps: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        place = (finding.stack, finding.address)
        if finding.opens_deletion and finding.kind is Kind.WEAKENING and place not in lost:
            steps.setdefault(place, []).append(finding.rule)
    return [
        Finding(
            rule=rule.id,
            severity=rule.severity,
            kind=rule.kind,
            stack=stack,
            address=address,
            message=f"{rule.title}: {', '.join(sorted(set(names)))}. {rule.risk}",
        )
        for (stack, address), names in steps.items()
    ]


def _known(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.INFO, message=f"{finding.message} It was so before these plans.")


def _finding(id_: str, thing: Thing, detail: str, path: str = "", before: Json = None, after: Json = None) -> Finding:
    rule = CATALOGUE[id_]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        kind=rule.kind,
        stack=thing.plan.name,
        address=thing.change.address,
        path=path,
        before=before,
        after=after,
        message=f"{rule.title}: {detail}. {rule.risk}",
    )


def _bucket_copies(here: World) -> Iterator[Finding]:
    """Copies in the wrong place; and no copy at all, of a bucket that is there already: a new one loses nothing."""
    sources, destinations = set(), set()
    for config in here.of("aws_s3_bucket_replication_configuration"):
        name = owner_name(config, "bucket")
        source = here.bucket(name)
        sources.add(name)
        for index, rule in enumerate(config.node.get("rule").items()):
            arn = text(rule, "destination", "bucket") or ""
            target = here.bucket(arn.rpartition(":")[2])
            destinations.add(arn.rpartition(":")[2])
            path = f"rule[{index}].destination"
            if source and target and source.region and source.region == target.region:
                yield _finding("copy-in-same-region", config, f"both are in {quoted(source.region)}", path)
            yield from _same_account(config, rule, path)
    if len({bucket.region for bucket in here.of("aws_s3_bucket")} - {None}) > 1:
        served = sources | destinations | _log_buckets(here)
        for bucket in here.of("aws_s3_bucket"):
            name = text(bucket.node, "bucket")
            new = bucket.change.before is None
            if name and name not in served and not new and here.retention_of(name):
                yield _finding("no-second-copy", bucket, f"bucket {quoted(name)} is locked and not replicated")


def _same_account(config: Thing, rule: Node, path: str) -> Iterator[Finding]:
    role = (text(config.node, "role") or "").split(":")
    account = text(rule, "destination", "account")
    if account and len(role) > 5 and role[4] == account:
        finding = _finding("copy-in-same-account", config, f"both are in {quoted(account)}", path)
        yield _emulated(config, finding)


def _emulated(thing: Thing, finding: Finding) -> Finding:
    if not thing.plan.provider(thing.change).emulated:
        return finding
    return replace(finding, severity=Severity.INFO, message=f"{finding.message} (The provider talks to an emulator.)")


def _log_buckets(here: World) -> set[str | None]:
    found = {owner_name(t, "target_bucket") for t in here.of("aws_s3_bucket_logging")}
    found |= {owner_name(t, "s3_bucket_name") for t in here.of("aws_cloudtrail")}
    inventories = (text(t.node, "destination", "bucket", "bucket_arn") for t in here.of("aws_s3_bucket_inventory"))
    return found | {arn.rpartition(":")[2] for arn in inventories if arn}


def _expiries(here: World) -> Iterator[Finding]:
    for config in here.of("aws_s3_bucket_lifecycle_configuration"):
        locked = here.retention_of(owner_name(config, "bucket") or "")
        for index, rule in enumerate(config.node.get("rule").items()):
            expiry = number(EXPIRY, rule)
            if locked and expiry and expiry < locked:
                detail = f"expiry after {expiry} days, lock for {locked} days"
                yield _finding("expiry-before-lock", config, detail, f"rule[{index}].expiration", locked, expiry)


def _keys(here: World) -> Iterator[Finding]:
    for refusal in refusals(here):
        detail = f"{quoted(refusal.key)} does not let {quoted(refusal.role)} encrypt"
        yield _finding("replica-key-refuses-role", refusal.configuration, detail, refusal.path)


def _backup_plan(here: World, plan: Thing) -> Iterator[Finding]:
    copied = False
    rules = plan.node.get("rule").items()
    for rule in rules:
        name = text(rule, "rule_name") or "rule"
        vault = here.vault(text(rule, "target_vault_name") or "", near=plan)
        copies = rule.get("copy_action")
        copied = copied or not copies.absent or not rule.get("target_logically_air_gapped_backup_vault_arn").absent
        if vault is not None:
            yield from _retention(here, plan, vault, rule, f"rule[{quoted(name, 60)}]".replace("`", '"'))
        for index, copy in enumerate(copies.items() if isinstance(copies.value, list) else ()):
            path = f"rule[{quoted(name, 60)}].copy_action[{index}]".replace("`", '"')
            yield from _copy(here, plan, vault, copy, path)
    if rules and not copied and plan.node.get("rule").unknown is not True:
        yield _finding("no-second-copy", plan, "no rule of this plan copies its backups")


def _retention(here: World, plan: Thing, vault: Thing, rule: Node, path: str) -> Iterator[Finding]:
    lock = here.lock_of(vault)
    if lock is None or rule.at("lifecycle", "delete_after").hidden():
        return
    kept = number(PLAIN, rule.at("lifecycle", "delete_after"))
    least, most = (number(PLAIN, lock.node.get(f"{name}_retention_days")) for name in ("min", "max"))
    if least and kept and kept < least:
        detail = f"kept for {kept} days, the vault wants at least {least}"
        yield _finding("vault-minimum-over-retention", plan, detail, f"{path}.lifecycle", least, kept)
    if most and (kept is None or kept > most):
        detail = f"kept for {'ever' if kept is None else f'{kept} days'}, the vault allows at most {most}"
        yield _finding("vault-minimum-over-retention", plan, detail, f"{path}.lifecycle", most, kept)


def _copy(here: World, plan: Thing, source: Thing | None, copy: Node, path: str) -> Iterator[Finding]:
    arn = (text(copy, "destination_vault_arn") or "").split(":")
    if len(arn) < 7:
        return
    region, account, name = arn[3], arn[4], arn[6]
    if source is not None and source.region == region:
        yield _finding("copy-in-same-region", plan, f"both are in {quoted(region)}", path)
    if source is not None and source.account == account:
        yield _emulated(plan, _finding("copy-in-same-account", plan, f"both are in {quoted(account)}", path))
    target = here.vault(name, region=region)
    if target is None:
        return
    yield from _retention(here, plan, target, copy, path)
    air_gapped = target.change.type == "aws_backup_logically_air_gapped_vault"
    if source is not None and here.lock_of(source) and not here.lock_of(target) and not air_gapped:
        yield _finding("copy-into-unlocked-vault", plan, f"vault {quoted(name)} in {quoted(region)}", path)


_GUARDS: dict[str, tuple[str, str, str]] = {
    "aws_s3_bucket_versioning": ("bucket", "aws_s3_bucket", "bucket"),
    "aws_s3_bucket_object_lock_configuration": ("bucket", "aws_s3_bucket", "bucket"),
    "aws_s3_bucket_replication_configuration": ("bucket", "aws_s3_bucket", "bucket"),
    "aws_s3_bucket_policy": ("bucket", "aws_s3_bucket", "bucket"),
    "aws_backup_vault_lock_configuration": ("backup_vault_name", "aws_backup_vault", "name"),
    "aws_backup_vault_policy": ("backup_vault_name", "aws_backup_vault", "name"),
    "aws_kms_key_policy": ("key_id", "aws_kms_key", "key_id"),
    "aws_efs_backup_policy": ("file_system_id", "aws_efs_file_system", "id"),
    "aws_efs_file_system_policy": ("file_system_id", "aws_efs_file_system", "id"),
    "aws_dynamodb_resource_policy": ("resource_arn", "aws_dynamodb_table", "arn"),
}
"""Guards: the attribute that names what they guard, its type, and the attribute it is named by."""


def _guards_removed(plan: Plan) -> Iterator[Finding]:
    gone = [change for change in plan.changes if change.deletes and not change.creates and change.before is not None]
    guards: dict[tuple[str, str], list[str]] = {}
    for change in gone:
        if change.type in _GUARDS:
            by, guarded, _ = _GUARDS[change.type]
            guards.setdefault((guarded, str((change.before or {}).get(by))), []).append(change.address)
    named = {guarded: attribute for _, guarded, attribute in _GUARDS.values()}
    for change in gone:
        if change.type in named:
            yield from _guard_removed(plan, change, guards, named[change.type])


def _guard_removed(
    plan: Plan, change: Change, guards: dict[tuple[str, str], list[str]], attribute: str
) -> Iterator[Finding]:
    addresses = guards.get((change.type, str((change.before or {}).get(attribute))))
    if addresses:
        rule = CATALOGUE["guard-and-guarded-removed"]
        yield Finding(
            rule=rule.id,
            severity=rule.severity,
            kind=rule.kind,
            stack=plan.name,
            address=change.address,
            before="guarded",
            after="destroyed",
            message=f"{rule.title}: {listed(sorted(addresses))}. {rule.risk}",
        )
