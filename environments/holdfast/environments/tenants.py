"""What tells the data of one tenant from another's: a place of its own, or its name in every row."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.environments.faults import Fault
from holdfast.environments.fields import Strict
from holdfast.environments.postgres import Table

SLOT = "{tenant}"


class TenantsBy(StrEnum):
    """What tells the data of one tenant from another's."""

    PREFIX = "prefix"
    SCHEMA = "schema"
    DATABASE = "database"
    COLUMN = "column"
    KEY = "key"
    ATTRIBUTE = "attribute"


IN_ROWS = frozenset({TenantsBy.COLUMN, TenantsBy.ATTRIBUTE})
"""Where each row says itself whose it is, in the `field`."""

Pattern = Annotated[
    str,
    Field(
        pattern=r"^[^{}*]{0,64}\{tenant\}([^{}*a-z0-9-][^{}*]{0,63}\*?)?$",
        description="{tenant} once; text that follows begins with something no tenant's name has (not a-z, 0-9, -), "
        "and may end with * for anything",
        examples=["TENANT#{tenant}#*"],
    ),
]


class Tenants(Strict):
    """How the tenants of a dataset are told apart."""

    by: TenantsBy = Field(
        description="Object key prefix; schema, database of its own, or column; partition key, or attribute"
    )
    pattern: Pattern = Field(
        default=SLOT, description="How a tenant is written there: name of schema or database, value of key or field"
    )
    field: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="Column or attribute that names the tenant. Beside schema, database or key it is checked as well "
        "where it is there, and holds the tenant's name alone",
        examples=["tenant_id"],
    )
    shared: tuple[Table, ...] = Field(
        default=(), description="Tables that are nobody's own, handed over with every tenant: countries, plans"
    )

    @property
    def by_field(self) -> bool:
        """Whether each row says in its `field` whose it is, and nothing else does."""
        return self.by in IN_ROWS

    def place(self, tenant: str) -> str:
        """What stands before anything that may follow: the whole name, where nothing may."""
        return self.pattern.removesuffix("*").replace(SLOT, tenant)

    def is_of(self, value: object, tenant: str) -> bool:
        """Whether a name or value is this tenant's."""
        place = self.place(tenant)
        if not isinstance(value, str):
            return False
        return value.startswith(place) if self.pattern.endswith("*") else value == place


def check_tenants(path: str, tenants: Tenants) -> Iterator[Fault]:
    """The faults of one dataset's tenants, `path` being where they are written."""
    by = tenants.by
    if tenants.by_field and tenants.field is None:
        hint = f"by: {by} needs field: the name of the {by}"
        yield Fault(f"{path}.by", f"does not say which {by}", by, f"a field beside by: {by}", hint)
    if by is TenantsBy.PREFIX:
        allowed = "nothing beside by: prefix: a tenant's files are pushed with --tenant"
        for name, given in (("pattern", tenants.pattern != SLOT), ("field", tenants.field), ("shared", tenants.shared)):
            if given:
                yield Fault(f"{path}.{name}", "is not used for files", name, allowed)
    if by in (TenantsBy.KEY, TenantsBy.ATTRIBUTE) and tenants.shared:
        yield Fault(f"{path}.shared", "names tables of a database", ", ".join(tenants.shared), "no shared tables")
    if by in (TenantsBy.SCHEMA, TenantsBy.DATABASE) and tenants.pattern.endswith("*"):
        yield Fault(f"{path}.pattern", f"names no single {by}", tenants.pattern, "a pattern without *")
