"""What Terraform itself says: partial plans, moves, imports, shrinking counts, deposed objects, failed checks."""

from __future__ import annotations

from holdfast.review.finding import Kind, Severity
from holdfast.review.rule import told

B, H, W = Severity.BLOCK, Severity.HIGH, Severity.WARN
_CLI = "https://developer.hashicorp.com/terraform/cli/commands"
_LANG = "https://developer.hashicorp.com/terraform/language"
_FORMAT = "https://developer.hashicorp.com/terraform/internals/json-format"

RULES = (
    told(
        "plan-errored", "`errored` is true", H,
        "The plan ended with errors",
        kind=Kind.UNVERIFIED,
        risk="What comes after the error was not planned, and not reviewed.",
        remediation="Fix the error and plan again.", source=_FORMAT,
    ),
    told(
        "plan-incomplete", "`complete` is false, as after -target", H,
        "The plan is incomplete",
        kind=Kind.UNVERIFIED,
        risk="Another plan will follow with changes this review has not seen.",
        remediation="Plan again without -target; review the plan that follows.", source=_FORMAT,
    ),
    told(
        "plan-deferred", "`deferred_changes` or deferred action invocations", H,
        "Changes are deferred to a later plan", kind=Kind.UNVERIFIED,
        risk="Another plan will follow with changes this review has not seen.",
        remediation="Review the plan that follows.", source=f"{_LANG}/stacks/concepts",
    ),
    told(
        "plan-unknown-action", "an action this review does not know", H,
        "The plan does something this review does not know", kind=Kind.UNVERIFIED,
        risk="Its effect was not reviewed.",
        remediation="Use a Holdfast that knows this version of Terraform.", source=_FORMAT,
    ),
    told(
        "plan-count-shrink", "`delete_because_count_index` or `_each_key` for a guarded type", B,
        "count or for_each shrank, and guarded instances go", kind=Kind.LOSS,
        risk="A shorter list removes resources nobody named.",
        remediation="Check the list; keep instances by key instead of by number.",
        source=f"{_LANG}/meta-arguments/count",
    ),
    told(
        "plan-deposed", "a deposed object of a guarded type is destroyed", B,
        "A leftover of an earlier replacement is destroyed", kind=Kind.LOSS,
        risk="It may be the object that still holds the data.",
        remediation="Find out what it holds before it goes.", source=f"{_CLI}/plan",
    ),
    told(
        "plan-moved-with-changes", "`previous_address` together with an update of a guarded type", H,
        "A guarded resource is moved and changed at once", kind=Kind.PROCESS,
        risk="A change hides behind a rename.",
        remediation="Move in one plan, change in the next.", source=f"{_LANG}/modules/develop/refactoring",
    ),
    told(
        "plan-import-with-changes", "`importing` together with an update of a guarded type", H,
        "A guarded resource is imported and changed at once", kind=Kind.PROCESS,
        risk="The configuration does not describe what is there, and overwrites it.",
        remediation="Write the configuration so that the import changes nothing.", source=f"{_LANG}/import",
    ),
    told(
        "plan-guard-replaced", "a guard is destroyed and created again", W,
        "A guard is taken away and put back", kind=Kind.PROCESS,
        risk="Between the two calls it is off; if the second one fails it stays off.",
        remediation="Apply when nobody else writes, and check that the guard is back.", source=f"{_CLI}/plan",
    ),
    told(
        "plan-region-changed", "`region` of a guarded resource changes (provider 6)", H,
        "A guarded resource moves to another Region", provider=6,
        risk="It is replaced, and what stays behind is no longer managed.",
        remediation="Create the new one beside the old one, and move the data first.",
        source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support",
    ),
    told(
        "plan-check-failed", "`checks[].status` is fail or error", H,
        "A check of the configuration fails", kind=Kind.PROCESS,
        risk="The configuration's own assertion does not hold.",
        remediation="Read the assertion, and fix what it found.", source=f"{_LANG}/checks",
    ),
    told(
        "plan-check-unknown", "`checks[].status` is unknown", W,
        "A check of the configuration can only be made after apply", kind=Kind.UNVERIFIED,
        risk="Whether it holds will be known when the change is done.",
        remediation="Look at the output of apply.", source=f"{_LANG}/checks",
    ),
    told(
        "plan-action-invoked", "`action_invocations` on a guarded resource", H,
        "A provider action runs on a guarded resource", kind=Kind.PROCESS,
        risk="An action has effects a plan does not show.",
        remediation="Read what the action does.", source=f"{_LANG}/invoke-actions",
    ),
    told(
        "suppression-expired", "an entry of the suppressions file is past its date", W,
        "A suppression has expired", kind=Kind.PROCESS,
        risk="What it accepted for a time is still there.",
        remediation="Fix what it accepted, or have it approved anew with a new date.",
        source="https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
    ),
)  # fmt: skip
