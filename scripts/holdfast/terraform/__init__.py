"""Terraform, found, run with progress, stopped cleanly, each failure one error. Plans are kept as JSON."""

from holdfast.terraform.commands import Terraform
from holdfast.terraform.deployment import Deployment, PlannedStack
from holdfast.terraform.events import Event, EventKind

__all__ = ["Deployment", "Event", "EventKind", "PlannedStack", "Terraform"]
