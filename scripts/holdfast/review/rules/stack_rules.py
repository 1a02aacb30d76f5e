"""What no plan shows, read from the synthesized stacks of base and head."""

from __future__ import annotations

from holdfast.review.finding import Kind, Severity
from holdfast.review.rule import told

B, H, W = Severity.BLOCK, Severity.HIGH, Severity.WARN
_LANG = "https://developer.hashicorp.com/terraform/language"
_LIFECYCLE = f"{_LANG}/meta-arguments/lifecycle"

RULES = (
    told(
        "stack-removed", "a stack of base is not in head", B,
        "A whole stack is gone",
        kind=Kind.LOSS,
        risk="Nothing it declared is planned, protected or watched any more.",
        remediation="Keep the stack, or take it down in a plan of its own.", source=f"{_LANG}/state",
    ),
    told(
        "stack-prevent-destroy-dropped", "`lifecycle.prevent_destroy` is no longer true", H,
        "prevent_destroy is dropped", opens_deletion=True,
        risk="The next plan may delete the resource; no plan shows that this guard went.",
        remediation="Keep prevent_destroy = true.", source=_LIFECYCLE,
    ),
    told(
        "stack-protected-resource-removed", "a resource with `prevent_destroy` leaves the configuration", B,
        "A resource with prevent_destroy is removed from the configuration", kind=Kind.LOSS,
        risk="prevent_destroy does not hold for a resource that is no longer written down: it will be destroyed.",
        remediation="Keep the resource, or forget it with a removed block on purpose.",
        source="https://github.com/hashicorp/terraform/issues/17599",
    ),
    told(
        "stack-changes-ignored", "`lifecycle.ignore_changes` gains a guarded attribute", H,
        "Changes of a guarded attribute are ignored",
        risk="When somebody weakens it in the console no plan will show it.",
        remediation="Do not ignore guarded attributes.", source=_LIFECYCLE,
    ),
    told(
        "stack-resource-forgotten", "a `removed` block with `destroy = false`", H,
        "A resource will no longer be managed", kind=Kind.LOSS,
        risk="Its protection can change without any plan showing it.",
        remediation="Keep it managed.", source=f"{_LANG}/resources/syntax#removing-resources",
    ),
    told(
        "stack-backend-changed", "type, bucket, key or Region of the backend", H,
        "The state moves",
        risk="An empty state plans everything anew; the old one is no longer locked or versioned.",
        remediation="Migrate the state in a change of its own.", source=f"{_LANG}/backend/s3",
    ),
    told(
        "stack-backend-weaker", "`use_lockfile`, `encrypt` or the key of the backend", H,
        "The state is less protected",
        risk="Two runs may write at once, or the state is readable without the key.",
        remediation="Keep use_lockfile, encrypt and kms_key_id.", source=f"{_LANG}/backend/s3#state-locking",
    ),
    told(
        "stack-provider-changed", "Region, alias, role, allowed accounts or endpoints of a provider", H,
        "A provider points elsewhere",
        risk="The same resources are looked for, and created, in another Region or account.",
        remediation="Keep the provider, or move the resources in a change of their own.",
        source=f"{_LANG}/providers/configuration",
    ),
    told(
        "stack-provider-version", "the version constraint of a provider", W,
        "The version of a provider changes", kind=Kind.PROCESS,
        risk="What an attribute does may change with it, unseen among the other changes.",
        remediation="Change versions in a change of their own.", source=f"{_LANG}/providers/requirements",
    ),
    told(
        "stack-unreadable", "the value is an expression", H,
        "A setting of the stack cannot be read", kind=Kind.UNVERIFIED,
        risk="Whether the guard is on depends on something outside the stack.",
        remediation="Write the value out.", source=_LIFECYCLE,
    ),
)  # fmt: skip
