"""What tests of backup sets stand on: an environment on a local AWS, a source folder, and short names for the calls."""

# Names are bytes here, which pathlib cannot hold.
# ruff: noqa: PTH103, PTH115, PTH118, PTH120, PTH123

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from local_aws import PRIMARY, RECOVERY

from holdfast.aws.sessions import Sessions
from holdfast.backupsets.catalog import catalog
from holdfast.backupsets.fetch import Entries, fetch_many, open_set
from holdfast.backupsets.push import push
from holdfast.environments.model import Environment

REGIONS = (PRIMARY, RECOVERY)
MIB = 1024 * 1024


@dataclass
class Ground:
    environment: Environment
    sessions: Sessions
    folder: Path
    pack_below: int = 0
    """Tests of objects give every file its own; tests of packs say so."""

    @property
    def source(self) -> Path:
        return self.folder / "source"

    def write(self, name: str | bytes, content: bytes) -> bytes:
        """Write a file of the source; the name may be any bytes."""
        path = os.path.join(os.fsencode(self.source), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def push(self, dataset="project", **options):
        options = {"pack_below": self.pack_below} | options
        return push(self.environment, self.sessions, dataset, self.source, role=None, **options)

    def catalog(self, **options):
        return catalog(self.environment, self.sessions, role=None, **options)

    def committed(self, **options):
        return [view for view in self.catalog(**options) if view.committed]

    def open(self, view=None, region=RECOVERY, sessions=None):
        view = view or self.committed()[0]
        return open_set(sessions or self.sessions, region, view, role=None)

    def fetch(self, region=RECOVERY, target="restored", **options):
        return fetch_many(self.open(region=region), self.folder / target, **options)

    def s3(self, region=PRIMARY):
        return self.sessions.client("s3", region)

    def bucket(self, region=PRIMARY):
        return self.sessions.names.bucket_in(region)

    def versions(self, prefix="", region=PRIMARY):
        pages = (
            self.s3(region).get_paginator("list_object_versions").paginate(Bucket=self.bucket(region), Prefix=prefix)
        )
        return [version for page in pages for version in page.get("Versions", [])]

    def keys(self, prefix="", region=PRIMARY):
        return sorted({version["Key"] for version in self.versions(prefix, region)})

    def object_key(self, content: bytes, dataset="project", tenant="_"):
        digest = hashlib.sha256(content).hexdigest()
        return f"objects/{dataset}/{tenant}/{digest[:2]}/{digest}"

    def overwrite(self, key: str, content: bytes, region=PRIMARY):
        """Put other bytes under a key, as anybody who may write can."""
        self.s3(region).put_object(Bucket=self.bucket(region), Key=key, Body=content)

    def hide(self, key: str, region=PRIMARY):
        """Put a delete marker over a key, as anybody who may delete can."""
        self.s3(region).delete_object(Bucket=self.bucket(region), Key=key)

    def destroy(self, key: str, region=PRIMARY):
        """Remove every version of a key, which only a GOVERNANCE lock allows, and only to who may bypass it."""
        for version in self.versions(key, region):
            self.s3(region).delete_object(
                Bucket=self.bucket(region), Key=key, VersionId=version["VersionId"], BypassGovernanceRetention=True
            )

    def puts(self):
        """Every PutObject from now on, as (Region, key)."""
        made = []
        for region in REGIONS:
            self.s3(region).meta.events.register(
                "before-call.s3.PutObject",
                lambda params, region=region, **_: made.append((region, unquote(params["url_path"].partition("/")[2]))),
            )
        return made


def one_by_one(entries: Entries) -> Entries:
    """The set with nothing read ahead: every read is boto3's, whose faults the test injects."""
    entries.reader._bulk = None
    return entries


def tree(folder: Path) -> dict[bytes, tuple]:
    """Everything below a folder, with content, permissions and times: what a restore has to bring back."""
    found = {}
    root = os.fsencode(folder)
    for directory, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(directory, name)
            status = os.lstat(path)
            kind = stat.S_IFMT(status.st_mode)
            content = None
            if stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
            elif stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            mode = stat.S_IMODE(status.st_mode)
            found[os.path.relpath(path, root)] = (kind, mode, status.st_mtime_ns, status.st_size, content)
    return {
        path: value if value[0] != stat.S_IFDIR else (value[0], value[1], value[2]) for path, value in found.items()
    }
