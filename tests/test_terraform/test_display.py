"""What people see while Terraform works."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console

from holdfast.terraform.display import Display
from holdfast.terraform.events import Event, EventKind

STEPS = [
    Event("dev-a", EventKind.COMMAND, "apply", text="terraform apply"),
    Event("dev-a", EventKind.STARTED, "apply", "aws_kms_key.k[0]", "create"),
    Event("dev-a", EventKind.PROGRESS, "apply", "aws_kms_key.k[0]", "create", timedelta(seconds=10)),
    Event("dev-a", EventKind.WARNING, "apply", "aws_sns_topic.t", text="Deprecated [bold]argument"),
    Event("dev-a", EventKind.DONE, "apply", "aws_kms_key.k[0]", "create", timedelta(seconds=12)),
    Event("dev-a", EventKind.FAILED, "apply", "aws_sns_topic.t", "update"),
]


def shown(terminal: bool) -> str:
    out = io.StringIO()
    display = Display(Console(file=out, force_terminal=terminal, width=100, highlight=False))
    for _ in range(2):  # planning, then applying
        with display:
            for event in STEPS:
                display(event)
    return out.getvalue()


def test_where_nobody_watches_each_event_is_a_line() -> None:
    assert shown(terminal=False).splitlines()[:5] == [
        "dev-a: terraform apply",
        "dev-a: … create aws_kms_key.k[0] (10 s)",
        "dev-a: warning: Deprecated [bold]argument (aws_sns_topic.t)",
        "dev-a: + aws_kms_key.k[0] (12 s)",
        "dev-a: failed: update aws_sns_topic.t",
    ]


def test_on_a_terminal_what_takes_longest_is_shown_and_warnings_stay() -> None:
    text = shown(terminal=True)

    assert "warning: Deprecated" in text
    assert "\x1b[?25h" in text  # the cursor is given back


@pytest.mark.parametrize("kind", list(EventKind))
def test_any_event_can_come_first(kind: EventKind) -> None:
    with Display(Console(file=io.StringIO(), force_terminal=True)) as display:
        display(Event("dev-a", kind, "apply", "a.b", "create"))
