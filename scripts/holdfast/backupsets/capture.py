"""A push under way: what is read, sent and counted, up to the commit."""

from __future__ import annotations

import os
import random
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from holdfast.aws.second_pass import Patience, run_all
from holdfast.aws.sessions import Sessions
from holdfast.backupsets.committing import Committed, commit_set
from holdfast.backupsets.entries import Chunk, Entry
from holdfast.backupsets.errors import NothingToBackUp
from holdfast.backupsets.layout import CHUNK_BYTES, Folder, set_id
from holdfast.backupsets.locks import lock_terms
from holdfast.backupsets.manifest import Manifest, RegionCopy, Source, StoredList, Totals, newest
from holdfast.backupsets.pieces import Piece
from holdfast.backupsets.pushed import PushedSet, PushProgress
from holdfast.backupsets.scanning import Counted, scan
from holdfast.backupsets.spool import ChunkIndex, Spool, temporary_database
from holdfast.backupsets.vault import How, Vault
from holdfast.backupsets.walking import Identity
from holdfast.clock import Clock
from holdfast.environments.model import Dataset, Environment, Rule

SKEW_WORTH_A_WARNING = timedelta(minutes=5)


@dataclass(frozen=True)
class Plan:
    """What is pushed where, under which rule."""

    environment: Environment
    dataset: Dataset
    folder: Folder
    rule: Rule
    leave_out: Collection[Identity]
    rewrite: bool
    pack_below: int


@dataclass(frozen=True)
class _Upload:
    """One chunk for one Region."""

    piece: Piece
    vault: Vault
    key: str

    @property
    def name(self) -> str:
        return f"{self.vault.region}:{self.key}"

    def lightened(self) -> _Upload:
        return _Upload(self.piece.lightened(), self.vault, self.key)


class Capture:
    """One push under way."""

    def __init__(self, plan: Plan, sessions: Sessions, path: Path, clock: Clock, role: str | None) -> None:
        self._plan, self._sessions, self._path, self._role = plan, sessions, path, role
        self._patience = Patience(clock, random.Random())  # noqa: S311  # spreads waits, no secret
        regions = plan.environment.regions
        clocks = {region: sessions.server_clock(region, role=role) for region in (regions.recovery, regions.primary)}
        self.skew = {region: reading.skew for region, reading in clocks.items()}
        self.captured_at = min(reading.time for reading in clocks.values())
        self.vaults = tuple(self._vault(region) for region in clocks)
        self._expect_new = {vault.region: vault.is_empty(plan.folder.objects) for vault in self.vaults}
        self.counted = Counted()
        self._lock = threading.Lock()
        self._how = dict.fromkeys(How, 0)
        self._bytes_secured = self._bytes_written = 0
        self._lists: tuple[StoredList, StoredList] | None = None

    def run(self, root: int, stack: ExitStack, progress: Callable[[PushProgress], None], workers: int) -> None:
        """Secure all content and both lists in both Regions."""
        database = stack.enter_context(temporary_database())
        entries, objects = (stack.enter_context(closing(Spool())) for _ in range(2))
        index = ChunkIndex(database)
        uploads = self._uploads(self._pieces(root, index, entries, objects), progress)
        run_all(
            uploads,
            self._secure,
            doing="push",
            name=lambda upload: upload.name,
            patience=self._patience,
            lighten=_Upload.lightened,
            workers=workers,
        )
        self._lists = (
            StoredList.of(entries.listed(), self.counted.entries),
            StoredList.of(objects.listed(), index.count),
        )
        progress(self._progress())

    def commit(self) -> Committed:
        """Make it count."""
        primary = self._plan.environment.regions.primary
        return commit_set(
            self.vaults,
            self._plan.folder,
            self._manifest,
            lambda: self._sessions.server_time(primary, role=self._role),
            self._patience,
        )

    def result(self, committed: Committed, took: timedelta) -> PushedSet:
        """What the caller is told."""
        plan, counted, manifest = self._plan, self.counted, committed.manifest
        return PushedSet(
            environment=plan.environment.environment,
            dataset=plan.dataset.name,
            tenant=plan.folder.tenant,
            rule=plan.rule.name,
            set_id=manifest.set_id,
            captured_at=self.captured_at,
            committed_at=committed.commit.committed_at,
            files=counted.files,
            directories=counted.directories,
            symlinks=counted.symlinks,
            special=counted.special,
            bytes=counted.bytes,
            objects={how.value: count for how, count in self._how.items()},
            bytes_written=self._bytes_written,
            retain_until={vault.region: vault.lock.retain_until for vault in self.vaults},
            lock_mode=manifest.lock_mode,
            manifest_sha256=committed.commit.manifest_sha256,
            manifest_versions=committed.commit.manifest_versions,
            clock_skew=self.skew,
            newest_mtime=manifest.source.newest_mtime,
            took=took,
            left_out=tuple(counted.left_out),
            warnings=tuple(self._warnings()),
        )

    def _vault(self, region: str) -> Vault:
        environment, names = self._plan.environment, self._sessions.names
        account = (
            environment.accounts.backup if region == environment.regions.recovery else environment.accounts.workload
        )
        return Vault(
            self._sessions.client("s3", region, role=self._role),
            region,
            names.bucket_in(region),
            names.alias_arn(names.key_alias, account=account, region=region),
            lock_terms(environment, self._plan.rule, region, self.captured_at),
            self._patience,
        )

    def _pieces(self, root: int, index: ChunkIndex, entries: Spool, objects: Spool) -> Iterator[Piece]:
        """Every distinct chunk once: the content, then the list of entries, then the list of objects."""

        def keep(entry: Entry) -> None:
            entries.write(entry.line())

        for piece in scan(root, keep, self.counted, self._plan.leave_out, pack_below=self._plan.pack_below):
            if index.add(piece.chunk):
                yield piece
        if not self.counted.files:
            raise NothingToBackUp(path=self._path)
        for piece in _spooled(entries):
            if index.add(piece.chunk):
                yield piece
        for record in index.records():
            objects.write(record)
        yield from _spooled(objects)

    def _uploads(self, pieces: Iterator[Piece], progress: Callable[[PushProgress], None]) -> Iterator[_Upload]:
        for piece in pieces:
            progress(self._progress())
            for vault in self.vaults:
                yield _Upload(piece, vault, self._plan.folder.object_key(piece.chunk.digest))

    def _secure(self, upload: _Upload) -> None:
        chunk, vault = upload.piece.chunk, upload.vault
        secured = vault.secure(
            upload.key,
            chunk.digest,
            chunk.size,
            upload.piece.load,
            expect_new=self._expect_new[vault.region],
            rewrite=self._plan.rewrite,
        )
        with self._lock:
            self._how[secured.how] += 1
            self._bytes_secured += chunk.size
            self._bytes_written += chunk.size if secured.how is How.WRITTEN else 0

    def _progress(self) -> PushProgress:
        return PushProgress(self.counted.files, self.counted.bytes, sum(self._how.values()), self._bytes_secured)

    def _manifest(self, take: int) -> Manifest:
        if self._lists is None:
            raise RuntimeError("a set is committed after its content")
        plan, counted, (entries, objects) = self._plan, self.counted, self._lists
        return Manifest(
            set_id=set_id(self.captured_at, entries.sha256, take),
            environment=plan.environment.environment,
            dataset=plan.dataset.name,
            tenant=plan.folder.tenant,
            tier=plan.dataset.tier,
            rule=plan.rule.name,
            captured_at=self.captured_at,
            source=Source(
                host=socket.gethostname(),
                path=os.fsencode(self._path.absolute()).decode("utf-8", "backslashreplace"),
                newest_mtime=newest(counted.newest_mtime_ns),
            ),
            totals=Totals(
                files=counted.files,
                directories=counted.directories,
                symlinks=counted.symlinks,
                special=counted.special,
                bytes=counted.bytes,
            ),
            chunk_bytes=CHUNK_BYTES,
            lock_mode=plan.environment.lock.mode.value,
            regions={vault.region: self._copy(vault) for vault in self.vaults},
            entries=entries,
            objects=objects,
            left_out=tuple(counted.left_out),
            tool=f"holdfast {version('holdfast')}",
        )

    def _copy(self, vault: Vault) -> RegionCopy:
        return RegionCopy(
            bucket=vault.bucket,
            key=vault.key_arn,
            retain_until=vault.lock.retain_until,
            clock_skew_seconds=self.skew[vault.region].total_seconds(),
        )

    def _warnings(self) -> Iterator[str]:
        for region, skew in self.skew.items():
            if abs(skew) > SKEW_WORTH_A_WARNING:
                yield f"the clock of S3 in {region} is {skew.total_seconds():+.0f} s from this host's"
        if self.counted.special:
            yield f"{self.counted.special} sockets, FIFOs or devices hold no data and are listed only"
        for path in self.counted.left_out:
            yield f"{path} is left out: Holdfast keeps its own files there"


def _spooled(spool: Spool) -> Iterator[Piece]:
    def reader(chunk: Chunk, offset: int) -> Callable[[], bytes]:
        return lambda: spool.read(offset, chunk.size)

    for chunk, offset in spool.chunks():
        load = reader(chunk, offset)
        yield Piece(chunk, load, load)
