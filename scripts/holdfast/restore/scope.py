"""How much is restored: a whole environment, one dataset, or one tenant. Nothing outside it is read or written."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from holdfast.backupsets.layout import NO_TENANT, Folder, declared_dataset, folder_of
from holdfast.environments.model import Environment, TenantsBy
from holdfast.restore.errors import ScopeMissing, ScopeTooWide, TenantInRows


class ScopeKind(StrEnum):
    """How much."""

    ENVIRONMENT = "environment"
    DATASET = "dataset"
    TENANT = "tenant"


class Scope(BaseModel):
    """What may be restored.

    Args:
        kind: how much.
        dataset: the dataset; None for all of them.
        tenant: the tenant; None for datasets as a whole and all their tenants.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ScopeKind
    dataset: str | None = None
    tenant: str | None = None

    @property
    def name(self) -> str:
        """For people."""
        if self.kind is ScopeKind.ENVIRONMENT:
            return "the whole environment"
        if self.kind is ScopeKind.DATASET:
            return f"dataset {self.dataset}"
        return f"tenant {self.tenant}" + (f" of dataset {self.dataset}" if self.dataset else "")

    def holds(self, folder: Folder) -> bool:
        """Whether a dataset's or tenant's sets are in it."""
        return self.dataset in (None, folder.dataset) and self.tenant in (None, folder.tenant)


def scope_of(environment: Environment, dataset: str | None, tenant: str | None, *, everything: bool) -> Scope:
    """The scope of some options.

    Raises:
        ScopeMissing, ScopeTooWide: none, or two that exclude each other.
        UnknownDataset, NoTenants, BadTenant: what is named is not declared.
        TenantInRows: the tenant's data are rows, which no backup set holds.
    """
    if everything and (dataset or tenant):
        raise ScopeTooWide(one="--all", other="--dataset" if dataset else "--tenant")
    if everything:
        return Scope(kind=ScopeKind.ENVIRONMENT)
    if dataset is not None:
        declared_dataset(environment, dataset)
    if tenant is None:
        if dataset is None:
            raise ScopeMissing
        return Scope(kind=ScopeKind.DATASET, dataset=dataset)
    having = [each for each in environment.datasets if each.tenants is not None and dataset in (None, each.name)]
    of_files = [each for each in having if each.tenants is not None and each.tenants.by is TenantsBy.PREFIX]
    first = next(iter(of_files or having), environment.datasets[0])
    folder_of(environment, dataset or first.name, tenant)
    if not of_files:
        raise TenantInRows(tenant=tenant, dataset=first.name, kind=first.kind, environment=environment.environment)
    return Scope(kind=ScopeKind.TENANT, dataset=dataset, tenant=tenant)


def tag_of(tenant: str | None) -> str:
    """The session tag `tenant` for sets of a tenant; `_` for a dataset as a whole."""
    return tenant or NO_TENANT
