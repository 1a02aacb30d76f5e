"""Alarms counted from the live trail: unusual access, and backup sets that did not come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdktn import TerraformProvider
from constructs import Construct

from holdfast.constructs import aws
from holdfast.constructs.alarm import Comparison, Metric, Silence, Window
from holdfast.constructs.alarm_set import AlarmSet
from holdfast.constructs.alert_topic import AlertTopic
from holdfast.constructs.audit_trail import AuditTrail
from holdfast.constructs.limits import matches, require
from holdfast.constructs.principals import Principals
from holdfast.constructs.watched import ExpectedSets

_SYNTAX = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
_PATTERN = 1024
_OBJECTS = '($.eventCategory = "Data") && ($.eventSource = "s3.amazonaws.com")'
_READ = f'{_OBJECTS} && ($.eventName = "GetObject")'
_FIVE_MINUTES = Window(timedelta(minutes=5))
_GIB = 2**30


class AccessAlarms(AlarmSet):
    """Alarms for many refused deletes, reads by somebody new, bulk downloads, backup sets that are overdue, and a trail
    that fell silent.

    CloudTrail brings events within some 5 minutes on average; what these alarms tell is that much old.

    Args:
        name_prefix: beginning of the alarms' names; also the namespace of their metrics.
        alerts: where alarms go.
        trail: whose live copy is counted.
        readers: who is expected to read backups; `*` at the end of an ARN only.
        refused_deletes: how many in five minutes alarm. By default 5; an immutability probe makes some.
        bulk_gibibytes: how much read in an hour alarms, by whomever. By default 100 GiB.
        sets: backup sets that must come regularly. By default none are expected.
        provider: the AWS provider to use. By default the stack's only one.

    Example::

        deployer = Principals.of("arn:aws:iam::111122223333:role/deployer")
        key = WatchKey(
            stack,
            "WatchKey",
            alias="alias/watch",
            account="111122223333",
            region="us-east-1",
            administrators=deployer,
            break_glass=Principals.of("arn:aws:iam::111122223333:role/break-glass"),
        )
        alerts = AlertTopic(
            stack,
            "Alerts",
            topic_name="backup-alerts",
            account="111122223333",
            region="us-east-1",
            key=key,
            response=Response("https://wiki.acme.com/backups", "After 30 minutes call the head of platform."),
            subscribers=[Subscriber.email("on-call@acme.com")],
            escalation=[Subscriber.email("head-of-platform@acme.com")],
        )
        trail = AuditTrail(
            stack,
            "Trail",
            trail_name="backups",
            bucket_name="acme-trail-111122223333",
            account="111122223333",
            region="us-east-1",
            key=key,
            bucket_arns=["arn:aws:s3:::acme-backups-111122223333"],
            administrators=deployer,
        )
        AccessAlarms(
            stack,
            "Access",
            name_prefix="backups",
            alerts=alerts,
            trail=trail,
            readers=Principals.of("arn:aws:iam::111122223333:role/drill-runner"),
            sets=[ExpectedSets("exports", every=timedelta(hours=24))],
        )

    Raises:
        OutsideLimit: a value is outside a limit of CloudWatch, or a reader's ARN has a `*` before its end.
    """

    silence = Silence.IS_NORMAL  # most of them count what went wrong; those that do not say so

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name_prefix: str,
        alerts: AlertTopic,
        trail: AuditTrail,
        readers: Principals,
        refused_deletes: int = 5,
        bulk_gibibytes: int = 100,
        sets: Sequence[ExpectedSets] = (),
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id, name_prefix=name_prefix, alerts=alerts, provider=provider)
        _check(refused_deletes, bulk_gibibytes)
        self._trail = trail
        self._deletes(refused_deletes)
        self._new_readers(readers)
        self._bulk(bulk_gibibytes)
        for each in sets:
            self._sets(each)
        self._silent_trail()

    def _deletes(self, threshold: int) -> None:
        self._count(
            "refused-deletes",
            f'{{ {_OBJECTS} && ($.eventName = "Delete*") && ($.errorCode = "AccessDenied") }}',
        )
        what = f"{threshold} or more deletions of backups were refused in five minutes: somebody is trying."
        metric = self._metric("refused-deletes")
        self._alarm("refused-deletes", what, metric, Comparison.AT_LEAST, threshold, _FIVE_MINUTES)

    def _new_readers(self, readers: Principals) -> None:
        known = " && ".join(f'($.userIdentity.arn != "{_session(arn)}")' for arn in readers.arns)
        people = '($.userIdentity.type != "AWSService")'
        self._count("new-reader", "{ " + " && ".join(filter(None, (_READ, people, known))) + " }")
        what = "A backup was read by somebody who is none of the expected readers."
        self._alarm("new-reader", what, self._metric("new-reader"), Comparison.AT_LEAST, 1, _FIVE_MINUTES)

    def _bulk(self, gibibytes: int) -> None:
        size = "$.additionalEventData.bytesTransferredOut"
        self._count("bytes-read", f"{{ {_READ} && ({size} > 0) }}", value=size)
        what = f"More than {gibibytes} GiB of backups were read within an hour."
        window = Window(timedelta(hours=1))
        self._alarm("bulk-download", what, self._metric("bytes-read"), Comparison.ABOVE, gibibytes * _GIB, window)

    def _sets(self, expected: ExpectedSets) -> None:
        name = f"sets-{expected.dataset}"
        key = "$.requestParameters.key"
        self._count(
            name,
            f'{{ {_OBJECTS} && ($.eventName = "PutObject") && ($.errorCode NOT EXISTS) '
            f'&& ({key} = "sets/{expected.dataset}/*") && ({key} = "*/commit.json") }}',
        )
        what = f"No backup set of {expected.dataset} came for {expected.every}: the newest is older than its RPO."
        self._nothing_for(f"no-{name}", what, self._metric(name), Window.of(expected.every))

    def _silent_trail(self) -> None:
        what = "Nothing arrived in the live copy of the trail for an hour: nobody is watching."
        metric = Metric("AWS/Logs", "IncomingLogEvents", {"LogGroupName": self._trail.log_group_name})
        self._nothing_for("trail-silent", what, metric, Window(timedelta(hours=1)))

    def _metric(self, name: str) -> Metric:
        return Metric(self._prefix, name)

    def _count(self, name: str, pattern: str, *, value: str = "1") -> None:
        require(
            len(pattern) <= _PATTERN,
            construct="AccessAlarms",
            field=f"pattern of {name}",
            value=f"{len(pattern)} characters",
            allowed=f"up to {_PATTERN}; name fewer readers",
            reference=_SYNTAX,
        )
        aws.CloudwatchLogMetricFilter(
            self,
            f"{name}-filter",
            name=f"{self._prefix}-{name}",
            log_group_name=self._trail.log_group.name,
            pattern=pattern,
            metric_transformation=aws.CloudwatchLogMetricFilterMetricTransformation(
                name=name, namespace=self._prefix, value=value
            ),
            provider=self._provider,
        )


def _session(arn: str) -> str:
    """The ARN of the sessions of a role as CloudTrail writes it, ending in `*`; other principals as they are."""
    matches(
        arn,
        r"[^*]+\*?|arn:aws[a-z-]*:sts::[0-9]{12}:assumed-role/[^*]+/\*",
        construct="AccessAlarms",
        field="readers",
        allowed="ARNs with * at the end only: a filter pattern knows it nowhere else",
        reference=_SYNTAX,
    )
    kind, separator, path = arn.partition(":role/")
    if not separator:
        return arn
    name = path.rpartition("/")[2]
    return f"{kind.replace(':iam:', ':sts:')}:assumed-role/{name if name.endswith('*') else name + '/*'}"


def _check(refused_deletes: int, bulk_gibibytes: int) -> None:
    require(
        refused_deletes >= 1 and bulk_gibibytes >= 1,
        construct="AccessAlarms",
        field="refused_deletes, bulk_gibibytes",
        value=f"{refused_deletes}, {bulk_gibibytes}",
        allowed="1 or more",
        reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    )
