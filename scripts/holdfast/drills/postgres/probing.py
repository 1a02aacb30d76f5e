"""Looking at every page of the restored server: the deep check, after the application's own has passed."""

from __future__ import annotations

from holdfast.drills.checks import Check, CheckKind, failed, passed, skipped
from holdfast.drills.context import Drill
from holdfast.drills.interface import Probed
from holdfast.drills.postgres.choosing import reader_for
from holdfast.drills.postgres.verifying import replay_of, running_server
from holdfast.postgres.errors import PostgresFailed
from holdfast.postgres.server import Server

_MOST_SECONDS = 6 * 3600.0


def probe(drill: Drill) -> Probed:
    """Every heap and B-tree of every database (`pg_amcheck`), then every checksum (`pg_checksums`); the server ends.

    Raises:
        TargetGone: the server that was restored is not there any more.
    """
    told = replay_of(drill)
    server = running_server(drill, told, reader_for(drill).archive.settings.superuser)
    structure = _amcheck(server)
    server.stop()
    return Probed(checks=(structure, _checksums(server, checksums=told["checksums"])))


def _amcheck(server: Server) -> Check:
    """https://www.postgresql.org/docs/15/app-pgamcheck.html"""
    options = ("--all", "--install-missing", "--heapallindexed", "--no-password")
    where = ("-h", str(server.socket), "-p", "5432", "-U", server.superuser)
    try:
        server.run("pg_amcheck", *where, *options, timeout=_MOST_SECONDS)
    except PostgresFailed as error:
        return failed("structure", CheckKind.INTEGRITY, f"pg_amcheck: {error.values['problem']}")
    return passed("structure", CheckKind.INTEGRITY, expected="no damage", observed="no damage found by pg_amcheck")


def _checksums(server: Server, *, checksums: bool) -> Check:
    if not checksums:
        reason = "the cluster has no page checksums (initdb --data-checksums, or pg_checksums --enable)"
        return skipped("checksums", CheckKind.CHECKSUM, reason, essential=False)
    try:
        server.run("pg_checksums", "--check", "-D", str(server.data), timeout=_MOST_SECONDS)
    except PostgresFailed as error:
        return failed("checksums", CheckKind.CHECKSUM, f"pg_checksums: {error.values['problem']}")
    return passed("checksums", CheckKind.CHECKSUM, expected="no damage", observed="every page has its checksum")
