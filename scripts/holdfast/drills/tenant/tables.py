"""One tenant's rows: the server restored to a time on this machine, and this tenant's taken into a database of its own.

Base backup and log are those of a whole server, so everybody's rows are restored into the private scratch server. What
would be handed over is the quarantine, a database beside them; that is what the leak check reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.backupsets.layout import declared_dataset
from holdfast.drills.context import Drill
from holdfast.drills.errors import TargetGone
from holdfast.drills.interface import Restored, Selection, Survey, Verified
from holdfast.drills.postgres.choosing import reader_for
from holdfast.drills.postgres.kind import PostgresPitr
from holdfast.drills.postgres.verifying import replay_of, running_server
from holdfast.drills.tenant.errors import NotForThisTenant, TenantNotTaken
from holdfast.drills.tenant.row_leaks import quarantine_checks
from holdfast.drills.tenant.taking import QUARANTINE, Taking
from holdfast.environments.model import DatasetKind, Scenario
from holdfast.postgres.binaries import find_binaries
from holdfast.postgres.errors import PostgresNotFound
from holdfast.postgres.server import Server

TAKE = "take-tenant"
"""The journal's step that keeps what was taken."""
_CLIENTS = ("pg_dump", "psql")


@dataclass(frozen=True)
class TenantTables(PostgresPitr):
    """In the Region the scenario leaves, as the drill `postgres-pitr` is; the quarantine goes with the server."""

    name: str = "tenant"
    scenarios: tuple[Scenario, ...] = (Scenario.CORRUPTION, Scenario.REGION_LOSS)

    def survey(self, drill: Drill) -> Survey:
        """As for a whole server; besides, the programs that copy tables have to be here.

        Raises:
            NotForThisTenant: base backup and log know no samples.
            PostgresNotFound: a program is missing.
        """
        if drill.spec.sample is not None:
            raise NotForThisTenant(kind=DatasetKind.POSTGRES, what="--sample", allowed="--set, --to")
        found, binaries = super().survey(drill), find_binaries()
        for program in _CLIENTS:
            if not (binaries.folder / program).is_file():
                raise PostgresNotFound(wanted=binaries.major, program=program, looked=binaries.folder)
        return found

    def restore(self, drill: Drill, selection: Selection) -> Restored:
        """The whole server, then this tenant's rows into quarantine."""
        restored = super().restore(drill, selection)
        server = _server(drill)
        with drill.step(TAKE, database=QUARANTINE) as step:
            drill.say(f"take tenant {drill.spec.tenant}")
            taken = _taking(drill, server).take()
            step.done(tables=taken.rows, constraints=taken.constraints)
        location = f"database {QUARANTINE} of {restored.location}"
        words = "beside it lie the rows of all tenants, in a server nobody but this drill reaches, removed with it"
        return restored.model_copy(update={"location": location, "isolation": (*restored.isolation, words)})

    def verify(self, drill: Drill, selection: Selection, restored: Restored) -> Verified:
        """All that a restored server must show; that the tenant is complete; and that nothing else is in quarantine."""
        found, server = super().verify(drill, selection, restored), _server(drill)
        told = next((step.outcome for step in reversed(drill.steps(TAKE)) if step.outcome), None)
        if told is None:
            raise TargetGone(path=server.folder)
        checks = quarantine_checks(_taking(drill, server), constraints=told["constraints"])
        return Verified(checks=(*found.checks, *checks), newest_committed=found.newest_committed)


def _server(drill: Drill) -> Server:
    return running_server(drill, replay_of(drill), reader_for(drill).archive.settings.superuser)


def _taking(drill: Drill, server: Server) -> Taking:
    settings = reader_for(drill).archive.settings
    tenants = declared_dataset(drill.environment, str(drill.spec.dataset)).tenants
    if tenants is None:  # preflight refuses a dataset without tenants; the files may have changed since
        raise TenantNotTaken(tenant=drill.spec.tenant, problem="the dataset tells no tenants apart any more")
    return Taking(server, tenants, str(drill.spec.tenant), settings.database, settings.statement_timeout)
