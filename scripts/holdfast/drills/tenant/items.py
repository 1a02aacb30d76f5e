"""One tenant's items: the table restored to a time in a table of the drill's own, and this tenant's taken out of it.

DynamoDB restores whole tables. What would be handed over is a second table, the quarantine, into which nothing but
items of the tenant is written; that is what the leak check reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from holdfast.aws.translate import code_of, translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.aws_backup.reading import items_now, member_of
from holdfast.drills.aws_backup.restoring import patience_of
from holdfast.drills.aws_backup.targets import ISOLATION, name_of, quarantine_of, remove
from holdfast.drills.context import Drill
from holdfast.drills.dynamodb.kind import DynamodbPitr
from holdfast.drills.interface import Cleaned, Restored, Selection, Survey, Verified, together
from holdfast.drills.tenant.errors import NotForThisTenant, QuarantineUnfinished, TenantNotTaken
from holdfast.drills.tenant.item_leaks import Owner, Sorted, item_checks
from holdfast.environments.model import DatasetKind
from holdfast.environments.names import DRILL_RESTORER

TAKE = "take-tenant"
"""The journal's step in which the quarantine is announced before it is made."""
_AT_ONCE = 25
_ATTEMPTS = 8


@dataclass(frozen=True)
class TenantItems(DynamodbPitr):
    """In the primary Region, as the drill `dynamodb` is."""

    name: str = "tenant"

    def survey(self, drill: Drill) -> Survey:
        """As for a whole table.

        Raises:
            NotForThisTenant: point-in-time recovery knows no sets and no samples.
        """
        for option, value in (("--sample", drill.spec.sample), ("--set", drill.spec.set_id)):
            if value is not None:
                raise NotForThisTenant(kind=DatasetKind.DYNAMODB, what=option, allowed="--to")
        return super().survey(drill)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """The whole table into one of the drill's own, then this tenant's items into quarantine."""
        super().restore(drill, selection)
        point = selection.point
        if point is None:
            return Restored(files=0, bytes=0)
        dynamodb = drill.sessions.client("dynamodb", point.region, role=DRILL_RESTORER)
        table, quarantine = name_of(drill.environment, drill.drill_id), quarantine_of(drill.environment, drill.drill_id)
        with drill.step(TAKE, table=quarantine, region=point.region) as step, translated("take the tenant's items"):
            _make(drill, dynamodb, table, quarantine)
            owner, taken = _owner(drill, dynamodb, table), 0
            for some in _batches(each for each in _items(dynamodb, table) if owner.has(each)):
                _write(drill, dynamodb, quarantine, some)
                taken += len(some)
            step.done(items=taken)
        location = f"arn:aws:dynamodb:{point.region}:{point.account}:table/{quarantine}"
        return Restored(files=taken, bytes=point.bytes, location=location, isolation=ISOLATION)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """All that a restored table must show; that the tenant is complete; and that nothing else is in quarantine."""
        found, point = super().verify(drill, selection, restored), selection.point
        if point is None:
            return found
        dynamodb = drill.sessions.client("dynamodb", point.region, role=DRILL_RESTORER)
        table, quarantine = name_of(drill.environment, drill.drill_id), quarantine_of(drill.environment, drill.drill_id)
        with translated("read the quarantine"):
            owner = _owner(drill, dynamodb, quarantine)
            strays = Counter(why for each in _items(dynamodb, quarantine) if (why := owner.stray(each)) is not None)
            there = items_now(dynamodb, quarantine)
            apart = _apart(owner, dynamodb, table)
        checks = (*found.checks, *item_checks(quarantine, apart, there, strays))
        return Verified(checks=checks, newest_committed=found.newest_committed)

    def clean_up(self, drill: Drill) -> Cleaned:
        """Delete both tables, going by the journal."""
        made = {(each.announced["region"], each.announced["table"]) for each in drill.steps(TAKE)}
        return together([super().clean_up(drill), *(_removed(drill, *each) for each in sorted(made))])


def _owner(drill: Drill, dynamodb: Any, table: str) -> Owner:
    tenants = declared_dataset(drill.environment, str(drill.spec.dataset)).tenants
    keys = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    partition = next(each["AttributeName"] for each in keys if each["KeyType"] == "HASH")
    if tenants is None:  # preflight refuses a dataset without tenants; the files may have changed since
        raise TenantNotTaken(tenant=drill.spec.tenant, problem="the dataset tells no tenants apart any more")
    return Owner(tenants, str(drill.spec.tenant), partition)


def _items(dynamodb: Any, table: str) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _apart(owner: Owner, dynamodb: Any, table: str) -> Sorted:
    """The restored table's items: the tenant's by name and digest, the others counted."""
    keys = [each["AttributeName"] for each in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    own: dict[str, str] = {}
    others = unnamed = 0
    for item in _items(dynamodb, table):
        if owner.has(item):
            member = member_of(item, keys)
            own[member.name] = member.states[0].sha256
        else:
            others += 1
            unnamed += owner.tenants.field is not None and owner.tenants.field not in item
    return Sorted(own, others, unnamed)


def _make(drill: Drill, dynamodb: Any, like: str, table: str) -> None:
    """An empty table with the same keys, under the same KMS key; one that an interrupted run made is taken again."""
    told = dynamodb.describe_table(TableName=like)["Table"]
    keys = {each["AttributeName"] for each in told["KeySchema"]}
    key = told.get("SSEDescription", {}).get("KMSMasterKeyArn")
    sealed = {"SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}} if key else {}
    try:
        dynamodb.create_table(
            TableName=table,
            KeySchema=told["KeySchema"],
            AttributeDefinitions=[each for each in told["AttributeDefinitions"] if each["AttributeName"] in keys],
            BillingMode="PAY_PER_REQUEST",
            **sealed,
        )
    except ClientError as error:
        if code_of(error) != "ResourceInUseException" or len(drill.steps(TAKE)) == 1:
            raise  # only a drill that is taken up again finds its own table there
    began, patience = drill.clock.monotonic(), patience_of(drill).total_seconds()
    while (status := dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]) != "ACTIVE":
        waited = drill.clock.monotonic() - began
        if waited > patience:
            raise QuarantineUnfinished(table=table, status=status, seconds=waited)
        drill.clock.sleep(0.5)


def _batches(items: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for item in items:
        batch.append(item)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(drill: Drill, dynamodb: Any, table: str, items: list[dict[str, Any]]) -> None:
    """Write a batch; what DynamoDB does not take at once is asked again, more and more slowly."""
    left = {table: [{"PutRequest": {"Item": item}} for item in items]}
    for attempt in range(_ATTEMPTS):
        left = dynamodb.batch_write_item(RequestItems=left).get("UnprocessedItems") or {}
        if not left:
            return
        drill.clock.sleep(0.1 * 2**attempt)
    raise TenantNotTaken(tenant=drill.spec.tenant, problem=f"DynamoDB does not take {len(left[table])} items")


def _removed(drill: Drill, region: str, table: str) -> Cleaned:
    arn = f"arn:aws:dynamodb:{region}:{drill.environment.accounts.workload}:table/{table}"
    why = remove(drill.sessions, region, arn)
    if why is not None:
        return Cleaned(created=(arn,), orphaned=(f"{arn}: {why}",))
    return Cleaned(created=(arn,), removed=(arn,))
