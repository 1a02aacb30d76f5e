"""Where things lie in a vault bucket. Every key is plain ASCII, whatever the files are called.

```
objects/<dataset>/<tenant or _>/<aa>/<sha256>      one chunk of content
sets/<dataset>/<tenant or _>/<set id>/manifest.json
sets/<dataset>/<tenant or _>/<set id>/commit.json  written last
```
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from holdfast.backupsets.errors import BadTenant, NoTenants, UnknownDataset
from holdfast.environments.model import Dataset, Environment

CHUNK_BYTES = 8 * 1024 * 1024
"""One object holds at most this much of a file and is written with one PutObject, which S3 checks as a whole."""

NO_TENANT = "_"
MANIFEST = "manifest.json"
COMMIT = "commit.json"

_TENANT = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SET_KEY = re.compile(
    r"sets/(?P<dataset>[a-z0-9-]+)/(?P<tenant>_|[a-z0-9-]+)"
    r"/(?P<set_id>[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}(-[0-9]+)?)/(?P<document>manifest\.json|commit\.json)"
)


@dataclass(frozen=True)
class Folder:
    """The sets of one dataset, or of one tenant of it."""

    dataset: str
    tenant: str | None = None

    @property
    def path(self) -> str:
        """`<dataset>/<tenant or _>`."""
        return f"{self.dataset}/{self.tenant or NO_TENANT}"

    @property
    def objects(self) -> str:
        """Prefix of the content."""
        return f"objects/{self.path}/"

    @property
    def sets(self) -> str:
        """Prefix of the manifests and commits."""
        return f"sets/{self.path}/"

    def object_key(self, digest: str) -> str:
        """Key of the chunk with this SHA-256 (hex)."""
        return f"{self.objects}{digest[:2]}/{digest}"

    def document_key(self, set_id: str, document: str) -> str:
        """Key of a set's `manifest.json` or `commit.json`."""
        return f"{self.sets}{set_id}/{document}"


@dataclass(frozen=True)
class SetKey:
    """A key below `sets/`, taken apart."""

    folder: Folder
    set_id: str
    document: str


def parse_set_key(key: str) -> SetKey | None:
    """Take a key below `sets/` apart; None for a key push does not write."""
    match = _SET_KEY.fullmatch(key)
    if match is None:
        return None
    tenant = match["tenant"]
    return SetKey(Folder(match["dataset"], None if tenant == NO_TENANT else tenant), match["set_id"], match["document"])


def set_id(captured_at: datetime, content_digest: str, take: int = 1) -> str:
    """Name of a set: when its capture began, and the first 12 digits of the SHA-256 of its list of entries.

    `take` tells apart sets of the same content from the same second.
    """
    stem = f"{captured_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{content_digest[:12]}"
    return stem if take == 1 else f"{stem}-{take}"


def declared_dataset(environment: Environment, name: str) -> Dataset:
    """The dataset of that name.

    Raises:
        UnknownDataset: it is not declared.
    """
    dataset = environment.dataset(name)
    if dataset is None:
        allowed = ", ".join(sorted(each.name for each in environment.datasets))
        raise UnknownDataset(environment=environment.environment, dataset=name, allowed=allowed)
    return dataset


def folder_of(environment: Environment, dataset: str, tenant: str | None) -> Folder:
    """The folder of a declared dataset, or of one tenant of it.

    Without a tenant it is the dataset as a whole, also where tenants are told apart.

    Raises:
        UnknownDataset: the dataset is not declared.
        NoTenants: the dataset does not tell tenants apart.
        BadTenant: the tenant is not a plain name.
    """
    declared = declared_dataset(environment, dataset)
    if tenant is None:
        return Folder(declared.name)
    if not _TENANT.fullmatch(tenant):
        raise BadTenant(tenant=tenant)
    if declared.tenants is None:
        raise NoTenants(dataset=dataset, tenant=tenant)
    return Folder(declared.name, tenant)
