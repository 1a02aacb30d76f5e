"""Which file a finding is shown on: code scanning and annotations need one."""

from __future__ import annotations

from pathlib import PurePosixPath

from holdfast.review.finding import Finding, Origin
from holdfast.review.review import Review


def file_of(finding: Finding, review: Review) -> str:
    """The plan a finding was read in, as a relative path; the synthesized stack where there is no plan."""
    for stack in review.stacks:
        if stack.name == finding.stack:
            return _relative(stack.path.as_posix())
    if finding.origin is Origin.PROOFS:
        return "proofs.json"
    return _relative(f"stacks/{finding.stack}/cdk.tf.json")


def _relative(path: str) -> str:
    """A path that cannot leave the repository: no root, no `..`."""
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..", ".")]
    return "/".join(parts) or "plan.json"
