"""DynamoDB's own point-in-time recovery: a table as it was at a moment, compared item by item."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.aws_backup.comparing import compare_members
from holdfast.drills.aws_backup.reading import items_now
from holdfast.drills.aws_backup.targets import ISOLATION, name_of, remove
from holdfast.drills.checks import Check, CheckKind, compare, skipped
from holdfast.drills.context import Drill
from holdfast.drills.dynamodb.choosing import baseline_of, choose
from holdfast.drills.dynamodb.errors import NotATable
from holdfast.drills.dynamodb.restoring import RESTORE, restore
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.service_clock import skew_of
from holdfast.environments.model import DatasetKind, Environment, Scenario
from holdfast.environments.names import DRILL_RESTORER


@dataclass(frozen=True)
class DynamodbPitr:
    """In the primary Region: point-in-time recovery is the answer to corruption, not to the loss of a Region."""

    name: str = "dynamodb"
    proves: str = "A DynamoDB table comes back as it was at a chosen moment, item by item, in time."
    scenarios: tuple[Scenario, ...] = (Scenario.CORRUPTION,)
    restores_dataset: bool = True
    whole: str = "a whole table to a moment (--to)"
    not_taken: tuple[str, ...] = ("tenant", "sample", "set_id")

    def require_dataset(self, environment: Environment, name: str) -> None:
        """Only tables are restored so.

        Raises:
            NotATable: the dataset is of another kind.
        """
        dataset = declared_dataset(environment, name)
        if dataset.kind is not DatasetKind.DYNAMODB:
            raise NotATable(dataset=name, kind=dataset.kind)

    def survey(self, drill: Drill) -> Survey:
        """Who asks, and how far DynamoDB's clock is ahead."""
        self.require_dataset(drill.environment, str(drill.spec.dataset))
        dynamodb = drill.sessions.client("dynamodb", drill.environment.regions.primary, role=DRILL_RESTORER)
        with translated("ask DynamoDB for the time"):
            skew = skew_of(lambda: dynamodb.list_tables(Limit=1), drill.clock)
        who = {each or "caller": drill.sessions.caller_arn(each) for each in (DRILL_RESTORER, None)}
        return Survey(principals=who, skew_seconds=skew)

    def select(self, drill: Drill) -> Selection | Nothing:
        """The newest moment before the failure; `--to` is the failure."""
        return choose(drill)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Into a new table of the drill's own."""
        if selection.point is None:
            return Restored(files=0, bytes=0)
        table, point = restore(drill, selection.point), selection.point
        location = f"arn:aws:dynamodb:{point.region}:{point.account}:table/{table}"
        return Restored(files=point.files, bytes=point.bytes, location=location, isolation=ISOLATION)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Every item against the newest baseline from before the moment, and the keys of the table."""
        point = selection.point
        if point is None:
            return Verified(checks=())
        found = baseline_of(drill, point.resource, point.captured_at)
        table = name_of(drill.environment, drill.drill_id)
        dynamodb = drill.sessions.client("dynamodb", point.region, role=DRILL_RESTORER)
        with translated("read what was restored"):
            members = items_now(dynamodb, table)
            was = dynamodb.describe_table(TableName=point.resource.rsplit("/", 1)[-1])["Table"]
            now = dynamodb.describe_table(TableName=table)["Table"]
        same = compare("keys", CheckKind.INTEGRITY, expected=was["KeySchema"], observed=now["KeySchema"])
        elsewhere = compare(
            "restored-elsewhere", CheckKind.SCOPE, expected=True, observed=restored.location != point.resource
        )
        checks: tuple[Check, ...] = (same, elsewhere)
        if found is None:
            reason = (
                "no baseline of this table is from before that moment; take one with: "
                f"holdfast drill baseline {drill.environment.environment} --dataset {drill.spec.dataset} --now"
            )
            return Verified(checks=(*checks, skipped("content", CheckKind.CHECKSUM, reason, essential=True)))
        comparison = compare_members(found[1], members)
        kept = compare("baseline", CheckKind.CHECKSUM, expected=point.digest, observed=found[1].digest)
        newest = found[1].as_of if comparison.is_right else None
        return Verified(checks=(*checks, kept, *comparison.checks()), newest_committed=newest)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Nothing to probe."""
        return Probed()

    def clean_up(self, drill: Drill) -> Cleaned:
        """Delete the table, going by the journal."""
        steps = drill.steps(RESTORE)
        if not steps:
            return Cleaned()
        region, account = steps[0].announced["region"], drill.environment.accounts.workload
        arn = f"arn:aws:dynamodb:{region}:{account}:table/{steps[0].announced['table']}"
        why = remove(drill.sessions, region, arn)
        if why is not None:
            return Cleaned(created=(arn,), orphaned=(f"{arn}: {why}",))
        return Cleaned(created=(arn,), removed=(arn,))

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """The sweep of aws-backup finds these tables by their names, too."""
        return Cleaned()
