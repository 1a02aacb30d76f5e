"""Which table a DynamoDB request is about, where ministack would ask IAM about everything.

It reads `TableName` and `RequestItems`. A restore names its table `SourceTableName` or `SourceTableArn`, tags name it
`ResourceArn`; as on AWS, a policy for that table has to be enough.
"""

from __future__ import annotations

import json
from typing import Any


def ask_for_the_table(iam_actions: Any) -> None:
    """Have ministack's IAM ask about the table that such a request names.

    Args:
        iam_actions: its module; one function of it is wrapped.
    """
    known = iam_actions.dynamodb_resource_arns

    def resource_arns(body: bytes, region: str, account: str) -> list[str]:
        found: list[str] = known(body, region, account)
        return found or named_in(body, region, account)

    iam_actions.dynamodb_resource_arns = resource_arns


def named_in(body: bytes, region: str, account: str) -> list[str]:
    """The ARN of the table a request names in another field; nothing when it names none."""
    try:
        asked = json.loads(body or b"{}")
    except ValueError:
        return []
    if not isinstance(asked, dict):
        return []
    for field in ("ResourceArn", "SourceTableArn"):
        if isinstance(asked.get(field), str):
            return [asked[field]]
    name = asked.get("SourceTableName")
    return [f"arn:aws:dynamodb:{region}:{account}:table/{name}"] if isinstance(name, str) else []
