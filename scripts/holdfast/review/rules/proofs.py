"""What base proves of the environment and head does not: datasets dropped, objectives missed or loosened."""

from __future__ import annotations

from holdfast.review.finding import Kind, Severity
from holdfast.review.rule import told

B, H, W = Severity.BLOCK, Severity.HIGH, Severity.WARN
_REL = "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar"
_OBJECTIVES = f"{_REL}/rel_planning_for_recovery_objective_defined_recovery.html"
_BACKED_UP = f"{_REL}/rel_backing_up_data_identified_backups_data.html"

RULES = (
    told(
        "dataset-dropped", "a dataset base selects is not in head", B,
        "A dataset is no longer selected", kind=Kind.LOSS,
        risk="Nothing backs it up any more, and what there is expires.",
        remediation="Keep the dataset, or exclude it with a reason and a date.", source=_BACKED_UP,
    ),
    told(
        "dataset-excluded", "a dataset base selects is excluded in head, with a reason", H,
        "A dataset is left out from now on", kind=Kind.LOSS,
        risk="Nothing backs it up any more, and what there is expires.",
        remediation="Have whoever owns the data agree to the reason and the date.", source=_BACKED_UP,
    ),
    told(
        "proof-refuted", "a statement base proves is refuted in head", B,
        "A proof no longer holds",
        risk="The declaration itself misses what it promises; no incident is needed to know.",
        remediation="Bring schedule, copies and retention back within the objective.", source=_OBJECTIVES,
    ),
    told(
        "proof-conditional", "a statement base proves depends on an assumption in head", H,
        "A proof now depends on a figure nobody measured",
        risk="Whether the objective is met shows only when it is needed.",
        remediation="Measure the figure in a drill and declare it, or keep what did not need it.", source=_OBJECTIVES,
    ),
    told(
        "proof-gone", "a statement base makes is not made in head", H,
        "A proof is no longer made",
        risk="An objective, copy or rule it was about is gone.",
        remediation="Keep what it was about, or say why it is not needed.", source=_OBJECTIVES,
    ),
    told(
        "proof-bound-worse",
        "more can be lost, recovery can take longer, or backups are kept for less, within the limit", W,
        "Less is guaranteed than before",
        risk="The objective still holds, with less to spare.",
        remediation="Have whoever owns the objective agree.", source=_OBJECTIVES,
    ),
    told(
        "objective-loosened", "an RPO or RTO is longer than in base, or gone", H,
        "An objective is loosened",
        risk="What counts as good enough is less than before; every proof against it is easier.",
        remediation="Have whoever owns the data agree to losing more, or waiting longer.", source=_OBJECTIVES,
    ),
    told(
        "proof-missing", "base has a proofs.json and head has none", H,
        "There are no proofs to compare with", kind=Kind.UNVERIFIED,
        risk="Whether objectives still hold was not reviewed.",
        remediation="Write head's proofs as base's were written: holdfast prove NAME --json > DIR/proofs.json.",
        source=_OBJECTIVES,
    ),
)  # fmt: skip
