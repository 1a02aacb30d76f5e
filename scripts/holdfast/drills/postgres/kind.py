"""Restore a PostgreSQL server to a point in time, and ask the application's questions of it."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.catalog import ROLE
from holdfast.drills.context import Drill
from holdfast.drills.interface import Cleaned, Nothing, Probed, Restored, Selection, Survey, Verified
from holdfast.drills.postgres.choosing import choose, reader_for, region_of
from holdfast.drills.postgres.probing import probe
from holdfast.drills.postgres.restoring import restore
from holdfast.drills.postgres.scratch import remove_servers
from holdfast.drills.postgres.verifying import verify
from holdfast.environments.model import Environment, Scenario
from holdfast.postgres.barman import program
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.connection import require_driver
from holdfast.postgres.layout import archive_of
from holdfast.postgres.server_user import server_user


@dataclass(frozen=True)
class PostgresPitr:
    """From the recovery Region with the primary one out of reach; in the scenario `corruption` from the primary one."""

    name: str = "postgres-pitr"
    proves: str = (
        "A PostgreSQL server comes back from base backup and log, to the chosen time, with every table, "
        "and answers as the application expects."
    )
    scenarios: tuple[Scenario, ...] = (Scenario.REGION_LOSS, Scenario.CORRUPTION)
    restores_dataset: bool = True
    whole: str = "a whole server"
    not_taken: tuple[str, ...] = ("tenant", "sample")

    def require_dataset(self, environment: Environment, name: str) -> None:
        """Only servers with an archive are restored so.

        Raises:
            NotAPostgresDataset: the dataset is of another kind.
        """
        archive_of(environment, name)

    def survey(self, drill: Drill) -> Survey:
        """Who reads, from where, how far the clocks are apart, and whether this machine can run a server."""
        region, sessions, reader = region_of(drill), drill.sessions, reader_for(drill)
        find_binaries()
        server_user()
        program("barman-cloud-restore")
        require_driver()
        with translated(f"look at {reader.bucket}"):
            reader.s3.head_bucket(Bucket=reader.bucket)
        return Survey(
            principals={ROLE: sessions.caller_arn(ROLE), "caller": sessions.caller_arn()},
            skew_seconds=sessions.server_clock(region, role=ROLE).skew.total_seconds(),
            sources=(f"s3://{reader.bucket}/{reader.archive.prefix}",),
        )

    def select(self, drill: Drill) -> Selection | Nothing:
        """The newest base backup from before the failure, and the log that follows it."""
        return choose(drill)

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """Restore it into a scratch server, which replays the log."""
        return restore(drill, selection)

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """Check log, replay, tables, heartbeat, and what the application asks of its data."""
        return verify(drill, selection, restored)

    def probe(self, drill: Drill, selection: Selection) -> Probed:
        """Look at every page."""
        return probe(drill)

    def clean_up(self, drill: Drill) -> Cleaned:
        """Stop and remove the scratch server."""
        return remove_servers(drill.journal.entries)

    def sweep(self, environment: Environment, sessions: Sessions, living: frozenset[str]) -> Cleaned:
        """Nothing of it stays elsewhere."""
        return Cleaned()
