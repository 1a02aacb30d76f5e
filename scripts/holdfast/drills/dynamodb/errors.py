"""What keeps a table from being restored to a point in time."""

from __future__ import annotations

from holdfast.errors import InputError, ServiceError


class NotATable(InputError):
    """The dataset is not one of tables."""

    template = "drill dynamodb restores tables; dataset {dataset} is of kind {kind}"


class TableNotRestored(ServiceError):
    """DynamoDB gave up on the table, or it is not the one that was asked for."""

    template = "table {table} is {status}: DynamoDB did not restore it"


class TableUnfinished(ServiceError):
    """DynamoDB takes longer to restore than a drill waits."""

    template = "table {table} was still {status} after {seconds:.0f} s"
    hint = "three times the objective is how long a drill waits; a sweep removes the table once it can be deleted"
