"""The last step of a push: manifests, both read back, then commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from holdfast.aws.second_pass import Patience, run_all
from holdfast.backupsets.errors import SetExists, SetsCollide
from holdfast.backupsets.instants import written
from holdfast.backupsets.layout import COMMIT, MANIFEST, Folder
from holdfast.backupsets.manifest import Commit, Manifest
from holdfast.backupsets.vault import Vault

NAMES_TRIED = 20


@dataclass(frozen=True)
class Committed:
    """A set that counts."""

    manifest: Manifest
    commit: Commit


def commit_set(
    vaults: Sequence[Vault],
    folder: Folder,
    manifest_named: Callable[[int], Manifest],
    now: Callable[[], datetime],
    patience: Patience,
) -> Committed:
    """Write the manifest to every Region, and when all are read back, the commit.

    Args:
        vaults: the Regions in the order they are written.
        folder: where the set belongs.
        manifest_named: the manifest under the n-th name of the set, n from 1.
        now: S3's clock.
        patience: how to wait while S3 is busy.

    Raises:
        SetsCollide: other sets have taken the names.
        ReadBackFailed: a Region does not say what it was asked for.
        StillMissing: a Region does not answer; nothing counts that is not in all of them.
    """
    manifest, versions = _write_manifest(vaults, folder, manifest_named, patience)
    commit = Commit(
        set_id=manifest.set_id,
        manifest_sha256=manifest.sha256(),
        manifest_versions=versions,
        committed_at=now(),
        objects=manifest.objects.count,
    )
    _write(vaults, folder.document_key(manifest.set_id, COMMIT), commit.to_bytes(), _tags(manifest), patience)
    return Committed(manifest, commit)


def _write_manifest(
    vaults: Sequence[Vault], folder: Folder, manifest_named: Callable[[int], Manifest], patience: Patience
) -> tuple[Manifest, dict[str, str]]:
    for take in range(1, NAMES_TRIED + 1):
        manifest = manifest_named(take)
        key = folder.document_key(manifest.set_id, MANIFEST)
        try:
            return manifest, _write(vaults, key, manifest.to_bytes(), _tags(manifest), patience)
        except SetExists:
            continue
    raise SetsCollide(set_id=manifest.set_id)


def _write(
    vaults: Sequence[Vault], key: str, data: bytes, metadata: dict[str, str], patience: Patience
) -> dict[str, str]:
    versions: dict[str, str] = {}

    def write(vault: Vault) -> None:
        versions[vault.region] = vault.write_document(key, data, metadata=metadata).version_id

    for vault in vaults:
        run_all(
            [vault], write, doing="commit", name=lambda vault: f"{vault.region}:{key}", patience=patience, workers=1
        )
    return versions


def _tags(manifest: Manifest) -> dict[str, str]:
    """What the set is, as metadata, for those who may list the vault and not decrypt it."""
    tags = {
        "environment": manifest.environment,
        "tier": manifest.tier,
        "dataset": manifest.dataset,
        "tenant": manifest.tenant or "",
        "rule": manifest.rule,
        "captured-at": written(manifest.captured_at),
    }
    return {name: value for name, value in tags.items() if value}
