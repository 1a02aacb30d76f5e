"""What watches each side alike: a key, topics, and a locked trail of its bucket's objects."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.constructs.alert_topic import AlertTopic
from holdfast.constructs.audit_trail import AuditTrail
from holdfast.constructs.principals import NOBODY, Principals
from holdfast.constructs.response import Response
from holdfast.constructs.subscriber import Subscriber
from holdfast.constructs.watch_key import WatchKey
from holdfast.environments.model import Watch
from holdfast.stacks.base import EnvironmentStack


def watch_key(stack: EnvironmentStack, *, auditors: Principals = NOBODY) -> WatchKey:
    """The key of trail and topics, as the stack's child `Key`."""
    return WatchKey(
        stack,
        "Key",
        account=stack.account,
        region=stack.region,
        auditors=auditors,
        rotation=stack.environment.keys.rotation,
        description=f"Encrypts the trail and the alerts of {stack.environment.environment}",
        **stack.key_care(stack.names.watch_key_alias),
    )


def alert_topics(stack: EnvironmentStack, watch: Watch, key: WatchKey, *, prefix: str) -> AlertTopic:
    """Who is told, as the stack's child `Alerts`; the topics' names begin with `prefix`."""
    return AlertTopic(
        stack,
        "Alerts",
        topic_name=f"{prefix}-alerts",
        account=stack.account,
        region=stack.region,
        key=key,
        response=Response(watch.runbook, watch.escalation),
        subscribers=[_subscriber(each) for each in watch.notify],
        escalation=[_subscriber(each) for each in watch.escalate_to],
    )


def audit_trail(
    stack: EnvironmentStack,
    watch: Watch,
    key: WatchKey,
    *,
    name: str,
    bucket_name: str,
    objects_of: Sequence[str],
    auditors: Principals = NOBODY,
) -> AuditTrail:
    """The trail of the account and of every object in the buckets `objects_of`, as the stack's child `Trail`."""
    return AuditTrail(
        stack,
        "Trail",
        trail_name=name,
        bucket_name=bucket_name,
        account=stack.account,
        region=stack.region,
        key=key,
        bucket_arns=[f"arn:aws:s3:::{bucket}" for bucket in objects_of],
        administrators=stack.people.administrators(stack.account),
        auditors=auditors,
        retention=watch.retention,
        transport=stack.transport,
        removal=stack.removal,
    )


def _subscriber(contact: str) -> Subscriber:
    return Subscriber.https(contact) if contact.startswith("https://") else Subscriber.email(contact)
