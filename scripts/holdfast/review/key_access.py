"""Whether the key a replica is encrypted with lets the role that replicates use it.

Where it does not, every object fails to replicate, and nothing says so but a metric.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.review.patterns import covers
from holdfast.review.statements import Clause, Element, NotAPolicy, Statement, statements
from holdfast.review.world import Thing, World, text

_ENCRYPT = Element(("kms:encrypt",))
_REFERENCE = re.compile(r"\$\{(aws_kms_key\.[\w-]+)\.\w+\}")
_ARN_TESTS = ("ArnEquals", "ArnLike", "StringEquals", "StringLike")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A replication whose key does not know its role."""

    configuration: Thing
    path: str
    role: str
    key: str


def refusals(here: World) -> Iterator[Refusal]:
    """The replications whose role, key and key policy are all known, and the policy does not let the role encrypt."""
    for configuration in here.of("aws_s3_bucket_replication_configuration"):
        role = text(configuration.node, "role") or ""
        for index, rule in enumerate(configuration.node.get("rule").items()):
            key = text(rule, "destination", "encryption_configuration", "replica_kms_key_id") or ""
            policy = _policy(here, key) if role.startswith("arn:") and key else None
            if policy is not None and not any(_lets(statement, role) for statement in policy):
                path = f"rule[{index}].destination.encryption_configuration.replica_kms_key_id"
                yield Refusal(configuration, path, role, key)


def _policy(here: World, key: str) -> tuple[Statement, ...] | None:
    """The statements of the policy of a key named by ARN, id or alias; None where it is not to be seen."""
    found = _key(here, key)
    if found is None:
        return None
    written = text(found.node, "policy")
    for thing in here.of("aws_kms_key_policy"):
        if _names(thing, "key_id", found):
            written = text(thing.node, "policy")
    try:
        return statements(written) if written else None
    except NotAPolicy:
        return None


def _key(here: World, key: str) -> Thing | None:
    keys = here.of("aws_kms_key")
    before, _, alias = key.partition("alias/")
    if not alias:
        return next((t for t in keys if key in (text(t.node, "arn"), text(t.node, "key_id"))), None)
    region = before.split(":")[3] if before.startswith("arn:") and before.count(":") > 3 else None
    for thing in here.of("aws_kms_alias"):
        if text(thing.node, "name") == f"alias/{alias}" and region in (None, thing.region):
            return next((t for t in keys if _names(thing, "target_key_id", t)), None)
    return None


def _names(thing: Thing, attribute: str, key: Thing) -> bool:
    """Whether an attribute names a key: by id, by ARN, or by a reference where neither is known yet."""
    value = text(thing.node, attribute)
    if value is None:
        return key.plan is thing.plan and thing.plan.owners.get(thing.change.block) == key.change.block
    reference = _REFERENCE.fullmatch(value)
    if reference:
        return key.plan is thing.plan and key.change.block == reference[1]
    return value in (text(key.node, "key_id"), text(key.node, "arn"))


def _lets(statement: Statement, role: str) -> bool:
    return (
        statement.effect == "Allow"
        and statement.actions.covers(_ENCRYPT)
        and statement.principals.covers(Element((role,)))
        and all(_holds(clause, role) for clause in statement.conditions)
    )


def _holds(clause: Clause, role: str) -> bool:
    """Whether a condition may hold for the role. Conditions on anything but who asks are taken to hold."""
    if clause.key in ("aws:principalarn", "aws:userid") and clause.operator in _ARN_TESTS:
        return any(covers(pattern, role) for pattern in clause.values)
    if clause.key in ("aws:principalaccount", "kms:calleraccount") and clause.operator in _ARN_TESTS:
        return role.split(":")[4] in clause.values
    return True
