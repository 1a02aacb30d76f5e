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
_MOST = 32
"""More aliases of one name than there are Regions: then a name says nothing."""
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
    asked = list(_asked(here))
    if not asked:
        return
    policies = _Policies(here)
    for configuration, path, role, key in asked:
        policy = policies.of(key)
        if policy is not None and not any(_lets(statement, role) for statement in policy):
            yield Refusal(configuration, path, role, key)


def _asked(here: World) -> Iterator[tuple[Thing, str, str, str]]:
    for configuration in here.of("aws_s3_bucket_replication_configuration"):
        role = text(configuration.node, "role") or ""
        for index, rule in enumerate(configuration.node.get("rule").items()):
            key = text(rule, "destination", "encryption_configuration", "replica_kms_key_id")
            if role.startswith("arn:") and key:
                path = f"rule[{index}].destination.encryption_configuration.replica_kms_key_id"
                yield configuration, path, role, key


class _Policies:
    """The policies of all keys, by whatever a key may be named by."""

    def __init__(self, here: World) -> None:
        self._keys: dict[str, Thing] = {}
        for key in here.of("aws_kms_key"):
            for name in (text(key.node, "arn"), text(key.node, "key_id"), _place(key, key.change.block)):
                if name:
                    self._keys.setdefault(name, key)
        self._aliases: dict[str, list[Thing]] = {}
        for alias in here.of("aws_kms_alias"):
            self._aliases.setdefault(text(alias.node, "name") or "", []).append(alias)
        self._written = {id(key): text(key.node, "policy") for key in self._keys.values()}
        for policy in here.of("aws_kms_key_policy"):
            guarded = self._named(policy, "key_id")
            if guarded is not None:
                self._written[id(guarded)] = text(policy.node, "policy")
        self._read: dict[str, tuple[Statement, ...] | None] = {}

    def of(self, key: str) -> tuple[Statement, ...] | None:
        """The statements of the policy of a key named by ARN, id or alias; None where it is not to be seen."""
        if key not in self._read:
            found = self._key(key)
            written = self._written.get(id(found)) if found is not None else None
            try:
                self._read[key] = statements(written) if written else None
            except NotAPolicy:
                self._read[key] = None
        return self._read[key]

    def _key(self, key: str) -> Thing | None:
        before, _, alias = key.partition("alias/")
        if not alias:
            return self._keys.get(key)
        region = before.split(":")[3] if before.startswith("arn:") and before.count(":") > 3 else None
        aliases = (a for a in self._aliases.get(f"alias/{alias}", ())[:_MOST] if region in (None, a.region))
        return next((found for a in aliases if (found := self._named(a, "target_key_id"))), None)

    def _named(self, thing: Thing, attribute: str) -> Thing | None:
        """The key an attribute names: by id, by ARN, or by a reference where neither is known yet."""
        value = text(thing.node, attribute)
        if value is None:
            return self._keys.get(_place(thing, thing.plan.owners.get(thing.change.block, "")))
        reference = _REFERENCE.fullmatch(value)
        return self._keys.get(_place(thing, reference[1]) if reference else value)


def _place(thing: Thing, block: str) -> str:
    """A block of a plan, as a name no key can have in AWS."""
    return f"{thing.plan.name}\0{block}"


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
