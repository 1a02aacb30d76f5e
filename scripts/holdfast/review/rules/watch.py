"""Detection: alarms, event rules, topics, trails, recorders, logs."""

from __future__ import annotations

from holdfast.review.directions import (
    Becomes,
    Changed,
    Differs,
    Leaves,
    Lowered,
    Raised,
    Rarer,
    Removed,
    TurnedOff,
)
from holdfast.review.finding import Severity
from holdfast.review.policies import PolicyWeaker
from holdfast.review.readings import ALARM_STRICTNESS
from holdfast.review.rule import Gone, row

H = Severity.HIGH
_CW = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"
_EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html"
_SCHEDULER = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html"
_SNS = "https://docs.aws.amazon.com/sns/latest/dg"
_TRAIL = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide"
_CONFIG = "https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html"
_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"
_ALARMS = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
_METRIC = "aws_cloudwatch_metric_alarm"

ALARMS = (
    row(
        "alarm-gone", _ALARMS, "", Gone(replaced=False), H, "An alarm is destroyed or no longer managed",
        risk="What it watched fails unseen.",
        remediation="Keep the alarm.", source=_CW,
    ),
    row(
        "alarm-actions-off", _ALARMS, "actions_enabled", TurnedOff(null=True), H, "The actions of an alarm are off",
        risk="The alarm changes its state and tells nobody.",
        remediation="Keep actions_enabled = true.", source=_CW,
    ),
    row(
        "alarm-actions-removed", _ALARMS, "alarm_actions", Removed(), H, "An alarm has no action any more",
        risk="The alarm changes its state and tells nobody.",
        remediation="Keep the actions.", source=_CW,
    ),
    row(
        "alarm-threshold", _METRIC, "", Lowered(null="ignored"), H, "An alarm is less strict",
        reading=ALARM_STRICTNESS,
        risk="It goes off later, or not at all.",
        remediation="Keep the threshold.", source=_CW,
    ),
    row(
        "alarm-comparison", _METRIC, "comparison_operator", Changed(), H, "An alarm compares differently",
        risk="It may go off later, or not at all.",
        remediation="Keep the operator.", source=_CW,
    ),
    row(
        "alarm-evaluation-periods", _METRIC, "evaluation_periods", Raised(), H, "An alarm waits longer",
        risk="It goes off later.",
        remediation="Keep evaluation_periods.", source=_CW,
    ),
    row(
        "alarm-datapoints", _METRIC, "datapoints_to_alarm", Raised(null="ignored"), H, "An alarm needs more datapoints",
        risk="It goes off later, or not at all.",
        remediation="Keep datapoints_to_alarm.", source=_CW,
    ),
    row(
        "alarm-missing-data", _METRIC, "treat_missing_data", Leaves(("breaching",)), H,
        "Missing data no longer alarms",
        risk="A backup that never runs sends no data, and no alarm.",
        remediation='Keep treat_missing_data = "breaching".', source=_CW,
    ),
)  # fmt: skip

EVENTS = (
    row(
        "event-rule-gone", ("aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"), "", Gone(replaced=False), H,
        "An event rule or target is destroyed or no longer managed",
        risk="The event is seen by nobody.",
        remediation="Keep it.", source=_EVENTS,
    ),
    row(
        "event-rule-off", "aws_cloudwatch_event_rule", "state", Becomes(("DISABLED",)), H, "An event rule is disabled",
        risk="The event is seen by nobody.",
        remediation='Keep state = "ENABLED".', source=_EVENTS,
    ),
    row(
        "event-rule-disabled", "aws_cloudwatch_event_rule", "is_enabled", TurnedOff(null=True), H,
        "An event rule is disabled",
        risk="The event is seen by nobody.",
        remediation="Keep the rule enabled.", source=_EVENTS,
    ),
    row(
        "schedule-gone", "aws_scheduler_schedule", "", Gone(replaced=False), H,
        "A schedule is destroyed or no longer managed",
        risk="What it started no longer runs.",
        remediation="Keep the schedule.", source=_SCHEDULER,
    ),
    row(
        "schedule-off", "aws_scheduler_schedule", "state", Becomes(("DISABLED",)), H, "A schedule is disabled",
        risk="What it started no longer runs.",
        remediation='Keep state = "ENABLED".', source=_SCHEDULER,
    ),
    row(
        "schedule-rarer", "aws_scheduler_schedule", "schedule_expression", Rarer(), H, "A schedule runs less often",
        risk="What it starts, a capture or a drill, happens less often.",
        remediation="Keep the expression.", source=_SCHEDULER,
    ),
    row(
        "topic-gone", ("aws_sns_topic", "aws_sns_topic_subscription"), "", Gone(), H,
        "A topic or subscription is destroyed, replaced or no longer managed",
        risk="Alarms reach nobody, and a new subscription must be confirmed first.",
        remediation="Keep it.", source=f"{_SNS}/sns-create-subscribe-endpoint-to-topic.html",
    ),
    row(
        "topic-filter", "aws_sns_topic_subscription", "filter_policy", Differs(), H,
        "The filter of a subscription changes",
        risk="Some messages no longer arrive.",
        remediation="Keep the filter.", source=f"{_SNS}/sns-message-filtering.html",
    ),
    row(
        "topic-policy-weaker", ("aws_sns_topic_policy", "aws_sns_topic"), "policy", PolicyWeaker("resource"), H,
        "The policy of a topic is weaker", attached="arn",
        risk="Somebody else can publish, subscribe, or delete the topic.",
        remediation="Restore the Deny, or narrow the Allow.", source=f"{_SNS}/sns-access-policy-use-cases.html",
    ),
)  # fmt: skip

TRAILS = (
    row(
        "trail-gone", "aws_cloudtrail", "", Gone(), H, "A trail is destroyed, replaced or no longer managed",
        risk="Access to backups leaves no trace.",
        remediation="Keep the trail.", source=f"{_TRAIL}/cloudtrail-trails.html",
    ),
    row(
        "trail-off", "aws_cloudtrail", "enable_logging", TurnedOff(null=True), H, "A trail stops logging",
        risk="Access to backups leaves no trace.",
        remediation="Keep enable_logging = true.", source=f"{_TRAIL}/cloudtrail-turning-off-logging.html",
    ),
    row(
        "trail-validation-off", "aws_cloudtrail", "enable_log_file_validation", TurnedOff(), H,
        "Log file validation is turned off",
        risk="A changed or deleted log file is not noticed.",
        remediation="Keep enable_log_file_validation = true.",
        source=f"{_TRAIL}/cloudtrail-log-file-validation-intro.html",
    ),
    row(
        "trail-single-region", "aws_cloudtrail", "is_multi_region_trail", TurnedOff(), H,
        "A trail sees one Region only",
        risk="What happens in other Regions leaves no trace.",
        remediation="Keep is_multi_region_trail = true.",
        source=f"{_TRAIL}/receive-cloudtrail-log-files-from-multiple-regions.html",
    ),
    row(
        "trail-data-events", "aws_cloudtrail", "event_selector[*]", Removed(), H, "Data events are no longer logged",
        risk="Reading and deleting single objects leaves no trace.",
        remediation="Keep the event selector.", source=f"{_TRAIL}/logging-data-events-with-cloudtrail.html",
    ),
    row(
        "trail-advanced-events", "aws_cloudtrail", "advanced_event_selector[name]", Removed(), H,
        "Data events are no longer logged",
        risk="Reading and deleting single objects leaves no trace.",
        remediation="Keep the event selector.", source=f"{_TRAIL}/logging-data-events-with-cloudtrail.html",
    ),
    row(
        "trail-bucket", "aws_cloudtrail", "s3_bucket_name", Changed(), H, "The trail goes to another bucket",
        risk="The new bucket may be without lock and retention.",
        remediation="Check the lock of the new bucket.", source=f"{_TRAIL}/cloudtrail-trails.html",
    ),
    row(
        "recorder-gone", ("aws_config_configuration_recorder", "aws_config_configuration_recorder_status"), "",
        Gone(replaced=False), H, "The configuration recorder is destroyed or no longer managed",
        risk="Changes of configuration leave no trace.",
        remediation="Keep the recorder.", source=_CONFIG,
    ),
    row(
        "recorder-off", "aws_config_configuration_recorder_status", "is_enabled", TurnedOff(), H,
        "The configuration recorder is stopped",
        risk="Changes of configuration leave no trace.",
        remediation="Keep is_enabled = true.", source=_CONFIG,
    ),
    row(
        "recorder-types", "aws_config_configuration_recorder", "recording_group[].all_supported", TurnedOff(null=True),
        H, "The configuration recorder covers fewer types",
        risk="Changes of the types left out leave no trace.",
        remediation="Keep all_supported = true.", source=_CONFIG,
    ),
    row(
        "log-group-gone", "aws_cloudwatch_log_group", "", Gone(), H,
        "A log group is destroyed, replaced or no longer managed",
        risk="The logs an investigation needs are lost.",
        remediation="Keep the log group.", source=_LOGS,
    ),
    row(
        "log-group-retention", "aws_cloudwatch_log_group", "retention_in_days", Lowered(null="most", zero="most"), H,
        "Logs are kept for a shorter time",
        risk="The logs an investigation needs are gone.",
        remediation="Keep 365 days or more.", source=_LOGS,
    ),
    row(
        "log-group-deletion-protection-off", "aws_cloudwatch_log_group", "deletion_protection_enabled", TurnedOff(), H,
        "Deletion protection of a log group is turned off", opens_deletion=True, provider=6,
        risk="One API call can delete the logs.",
        remediation="Keep deletion_protection_enabled = true.", source=_LOGS,
    ),
)  # fmt: skip

RULES = (*ALARMS, *EVENTS, *TRAILS)
