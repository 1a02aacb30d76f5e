"""Tell whoever is on call that the glass was broken. That nobody could be told never stops a restore."""

from __future__ import annotations

import json

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import as_service_error
from holdfast.errors import HoldfastError, Interrupted


def alert(sessions: Sessions, *, subject: str, message: dict[str, str]) -> tuple[str, ...]:
    """Publish to the alert topic and the escalation topic.

    Args:
        sessions: of the person who restores.
        subject: one line, at most 100 characters of it are sent.
        message: sent as JSON, with runbook and escalation path.

    Returns:
        why a topic could not be told, for each that could not; nothing when all were.
    """
    watch = sessions.environment.watch
    if watch is None:
        return ("nobody was told: the environment says nothing under watch",)
    body = json.dumps({**message, "runbook": watch.runbook, "escalation": watch.escalation}, indent=2)
    problems = []
    for topic in (sessions.names.alert_topic_arn, sessions.names.escalation_topic_arn):
        try:
            sns = sessions.client("sns", sessions.environment.regions.primary)
            sns.publish(TopicArn=topic, Subject=subject[:100], Message=body)
        except (ClientError, BotoCoreError, HTTPClientError) as error:
            problems.append(as_service_error(error, f"tell {topic}").message)
        except Interrupted:
            raise
        except HoldfastError as error:
            problems.append(error.message)
    return tuple(problems)
