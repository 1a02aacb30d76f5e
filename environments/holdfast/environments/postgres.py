"""What a PostgreSQL dataset says of its server: where its archive is, and what has to hold after a restore."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from pydantic import Field, StrictInt

from holdfast.environments.durations import Duration
from holdfast.environments.faults import Fault, within
from holdfast.environments.fields import Slug, Strict

Identifier = Annotated[
    str,
    Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$", description="A name PostgreSQL takes without quotes", examples=["app"]),
]
Table = Annotated[
    str,
    Field(
        pattern=r"^[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}$",
        description="schema.table",
        examples=["public.orders"],
    ),
]


class Heartbeat(Strict):
    """The table that tells how much was lost: somebody writes the time into it every few seconds."""

    table: Table = Field(default="public.holdfast_heartbeat", description="schema.table of the heartbeat")
    column: Identifier = Field(default="beat_at", description="Its column of type timestamptz, set by the server")


class SqlCheck(Strict):
    """A question the application asks of its own data, answered by one number or truth value."""

    name: Slug = Field(description="Name of the check, unique in the dataset")
    sql: str = Field(
        min_length=1,
        max_length=10_000,
        description="One query whose answer is one integer or boolean; it runs in a read-only transaction",
        examples=["select count(*) from orders where customer_id is null"],
    )
    equals: StrictInt | None = Field(default=None, description="The answer has to be this (true is 1, false is 0)")
    at_least: StrictInt | None = Field(default=None, description="The answer has to be this or more")
    at_most: StrictInt | None = Field(default=None, description="The answer has to be this or less")

    @property
    def expectation(self) -> str:
        """What is expected, in words."""
        words = (("", self.equals), ("at least ", self.at_least), ("at most ", self.at_most))
        return " and ".join(f"{word}{number}" for word, number in words if number is not None)

    def holds(self, answer: int) -> bool:
        """Whether an answer is as expected."""
        return (
            (self.equals is None or answer == self.equals)
            and (self.at_least is None or answer >= self.at_least)
            and (self.at_most is None or answer <= self.at_most)
        )


class Postgres(Strict):
    """The server of a dataset of kind `postgres`; of one of kind `rds`, its database and what has to hold."""

    server: Slug = Field(default="main", description="Name its archive is kept under, Barman's server name")
    database: Identifier = Field(default="postgres", description="The database that is checked")
    superuser: Identifier = Field(default="postgres", description="Its superuser, whom a restored server lets in")
    archive_timeout: Duration = Field(
        default=timedelta(seconds=30),
        description="How long a segment of the log may stay open, PostgreSQL's own setting; whole seconds",
    )
    heartbeat: Heartbeat = Field(default_factory=Heartbeat, description="Table that tells how much was lost")
    may_shrink: tuple[Table, ...] = Field(
        default=(), description="Tables that may hold fewer rows than when the base backup was made"
    )
    checks: tuple[SqlCheck, ...] = Field(default=(), description="What has to hold after a restore; run in this order")
    statement_timeout: Duration = Field(
        default=timedelta(minutes=1), description="How long each check may take; whole seconds"
    )


_LONGEST = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


def check_postgres(path: str, postgres: Postgres) -> Iterator[Fault]:
    """The faults of one dataset's server, `path` being where it is written."""
    why = "PostgreSQL counts it in seconds; an hour is long for either"
    for name, value in (
        ("archive_timeout", postgres.archive_timeout),
        ("statement_timeout", postgres.statement_timeout),
    ):
        yield from within(f"{path}.{name}", value, _SECOND, _LONGEST, why=why, unit=_SECOND)
    seen: set[str] = set()
    for number, each in enumerate(postgres.checks):
        where = f"{path}.checks.{number}"
        if each.name in seen:
            yield Fault(f"{where}.name", "another check has this name", each.name, "a name of its own")
        seen.add(each.name)
        if not each.expectation:
            allowed = "equals, at_least or at_most"
            yield Fault(
                f"{where}.name", "expects nothing", each.name, allowed, "a check that cannot fail shows nothing"
            )
        elif each.equals is not None and (each.at_least is not None or each.at_most is not None):
            yield Fault(
                f"{where}.equals", "is given beside a range", str(each.equals), "equals, or at_least and at_most"
            )
        elif each.at_least is not None and each.at_most is not None and each.at_least > each.at_most:
            yield Fault(f"{where}.at_least", "is above at_most", str(each.at_least), f"at most {each.at_most}")
