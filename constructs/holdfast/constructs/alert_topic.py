"""Where alerts go: one topic for whoever is on call, one for whoever must know at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.account import check_account
from holdfast.constructs.limits import matches, require
from holdfast.constructs.policies import alerts as policy
from holdfast.constructs.policies.document import TOPIC_POLICY
from holdfast.constructs.response import Response
from holdfast.constructs.subscriber import Subscriber
from holdfast.constructs.watch_key import WatchKey

_SNS = "https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html"


class Urgency(StrEnum):
    """How far up an alert goes."""

    NOTICE = "notice"
    """To the alert topic: whoever is on call."""

    URGENT = "urgent"
    """To the alert topic and the escalation topic at once."""


class AlertTopic(Construct):
    """Two encrypted SNS topics: alerts, and the escalation that urgent alerts reach at the same time.

    Only alarms, event rules and backup vaults of the account publish. SNS tries https endpoints again for an hour and
    then gives up; a mailbox has to confirm before it gets anything.

    Args:
        topic_name: name of the topic; the other is `<name>-escalation`.
        account: the account it is in.
        region: its Region.
        key: encrypts what lies in the topics.
        response: runbook and way up, at the end of every alert.
        subscribers: who hears of every alert; at least one.
        escalation: who hears of urgent ones; at least one.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        AlertTopic(
            stack,
            "Alerts",
            topic_name="backup-alerts",
            account="111122223333",
            region="us-east-1",
            key=WatchKey(
                stack,
                "WatchKey",
                alias="alias/watch",
                account="111122223333",
                region="us-east-1",
                administrators=Principals.of("arn:aws:iam::111122223333:role/deployer"),
                break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
            ),
            response=Response("https://wiki.acme.com/backups", "After 30 minutes call the head of platform."),
            subscribers=[Subscriber.email("on-call@acme.com")],
            escalation=[Subscriber.email("head-of-platform@acme.com")],
        )

    Raises:
        OutsideLimit: a name is outside a limit of SNS, or there is nobody to hear.
        PolicyTooLarge: a topic policy would be longer than 30 KiB.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        topic_name: str,
        account: str,
        region: str,
        key: WatchKey,
        response: Response,
        subscribers: Sequence[Subscriber],
        escalation: Sequence[Subscriber],
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_account(account, construct="AlertTopic")
        matches(
            topic_name,
            r"[A-Za-z0-9_-]{1,245}",
            construct="AlertTopic",
            field="topic_name",
            allowed="1 to 245 letters, digits, - and _ (256 less `-escalation`)",
            reference=_SNS,
        )
        for field, listed in (("subscribers", subscribers), ("escalation", escalation)):
            require(
                bool(listed),
                construct="AlertTopic",
                field=field,
                value="nobody",
                allowed="at least one",
                reference=_SNS,
            )
        self.response = response
        self.account, self.region = account, region
        self._key, self._provider = key, provider
        alerts = self._topic("", topic_name, subscribers)
        urgent = self._topic("Escalation", f"{topic_name}-escalation", escalation)
        self._arns = {Urgency.NOTICE: (alerts,), Urgency.URGENT: (alerts, urgent)}

    def arns(self, urgency: Urgency) -> tuple[str, ...]:
        """The topics an alert goes to (known after apply)."""
        return self._arns[urgency]

    def _topic(self, id: str, name: str, subscribers: Sequence[Subscriber]) -> str:
        arn = f"arn:aws:sns:{self.region}:{self.account}:{name}"
        topic = aws.SnsTopic(
            self,
            f"{id}Resource",
            name=name,
            kms_master_key_id=self._key.key_arn,
            provider=self._provider,
        )
        aws.SnsTopicPolicy(
            self,
            f"{id}Policy",
            arn=topic.arn,
            policy=TOPIC_POLICY.render(
                [
                    policy.alarms_publish(arn, self.account),
                    policy.events_publish(arn, self.account),
                    policy.vaults_publish(arn),
                    policy.only_tls(arn),
                ],
                construct="AlertTopic",
            ),
            provider=self._provider,
        )
        for each in dict.fromkeys(subscribers):
            aws.SnsTopicSubscription(
                self,
                f"{id}{each.construct_id}",
                topic_arn=topic.arn,
                protocol=each.protocol,
                endpoint=each.endpoint,
                delivery_policy=json.dumps(_TRY_FOR_AN_HOUR) if each.protocol == "https" else None,
                provider=self._provider,
            )
        return str(topic.arn)


_TRY_FOR_AN_HOUR = {
    "healthyRetryPolicy": {
        "numRetries": 50,
        "numNoDelayRetries": 2,
        "numMinDelayRetries": 8,
        "minDelayTarget": 10,
        "maxDelayTarget": 120,
        "numMaxDelayRetries": 20,
        "backoffFunction": "exponential",
    }
}
