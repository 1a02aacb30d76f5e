"""Find the manifest and commit of a set among their versions in one Region."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from holdfast.backupsets.errors import InvalidSetDocument
from holdfast.backupsets.layout import COMMIT, MANIFEST, Folder, parse_set_key
from holdfast.backupsets.manifest import Commit, Manifest, parse_commit, parse_manifest
from holdfast.backupsets.reading import Reader


@dataclass
class SetVersions:
    """The version ids of a set's two documents in one Region, newest first, as they are listed."""

    manifest: list[str] = field(default_factory=list)
    commit: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Documents:
    """A manifest and the commit that names it; and what was odd about finding them."""

    manifest: Manifest
    commit: Commit
    notes: tuple[str, ...]


class NotCommitted(Exception):
    """Why a set does not count in a Region."""


SetVersionsByKey = dict[tuple[Folder, str], SetVersions]


def list_sets(reader: Reader, prefix: str) -> SetVersionsByKey:
    """The documents below a prefix of `sets/`. What push did not name is passed over."""
    found: SetVersionsByKey = {}
    for version in reader.versions(prefix):
        key = parse_set_key(version.key)
        if key is not None:
            versions = found.setdefault((key.folder, key.set_id), SetVersions())
            (versions.commit if key.document == COMMIT else versions.manifest).append(version.version_id)
    return found


def read_documents(reader: Reader, folder: Folder, set_id: str, versions: SetVersions | None) -> Documents:
    """The documents of a set in one Region.

    Raises:
        NotCommitted: with the reason.
    """
    if versions is None:
        raise NotCommitted(f"nothing of it is in {reader.region}")
    if not versions.commit:
        raise NotCommitted(f"not committed in {reader.region}: the push did not finish")
    reason = ""
    for version_id in reversed(versions.commit):
        try:
            return _documents(reader, folder, set_id, version_id, overwritten=len(versions.commit) > 1)
        except (InvalidSetDocument, NotCommitted) as error:
            reason = reason or str(error)
    raise NotCommitted(reason)


def _documents(reader: Reader, folder: Folder, set_id: str, version_id: str, *, overwritten: bool) -> Documents:
    where = f"in {reader.region}"
    data = reader.version(folder.document_key(set_id, COMMIT), version_id)
    if data is None:
        raise NotCommitted(f"the commit {where} is gone")
    commit = parse_commit(data, f"the commit {where}")
    manifest_version = commit.manifest_versions.get(reader.region)
    if commit.set_id != set_id or manifest_version is None:
        raise NotCommitted(f"the commit {where} is of another set or not for this Region")
    data = reader.version(folder.document_key(set_id, MANIFEST), manifest_version)
    if data is None:
        raise NotCommitted(f"the manifest {where} is missing")
    if hashlib.sha256(data).hexdigest() != commit.manifest_sha256:
        raise NotCommitted(f"the manifest {where} is not the one that was committed")
    manifest = parse_manifest(data, f"the manifest {where}")
    if (manifest.set_id, manifest.dataset, manifest.tenant) != (set_id, folder.dataset, folder.tenant):
        raise NotCommitted(f"the manifest {where} is of another set")
    notes = (f"somebody wrote over the commit {where}; the oldest version counts",) if overwritten else ()
    return Documents(manifest, commit, notes)
