"""What the delivery to a SIEM may do: send to one destination, and keep what could not be sent."""

from __future__ import annotations

from holdfast.constructs.policies.document import Statement, allow, allow_service

_EVENTS = "events.amazonaws.com"


def trust_rules(account: str, region: str, rule_names: str) -> Statement:
    """Threat: another account's rule that sends in our name. EventBridge takes on the role for these rules only."""
    when = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{region}:{account}:rule/{rule_names}"}}
    return Statement("SendForUs", "Allow", ("sts:AssumeRole",), principal={"Service": _EVENTS}, conditions=when)


def send_to(destination: str, account: str, region: str) -> Statement:
    """Threat: a role that sends to any address. To this one API destination, whose ARN ends in an id AWS makes up."""
    arn = f"arn:aws:events:{region}:{account}:api-destination/{destination}/*"
    return allow("SendToTheSiem", ["events:InvokeApiDestination"], on=[arn])


def keep_undelivered(queue_arn: str, account: str, region: str, rule_names: str) -> Statement:
    """Threat: records lost while the SIEM is down. EventBridge keeps what it could not send, from these rules only."""
    when = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{region}:{account}:rule/{rule_names}"}}
    return allow_service("KeepUndelivered", _EVENTS, ["sqs:SendMessage"], on=[queue_arn], when=when)
