"""A validation that looks at a whole app: is everything in it that holds data backed up, or left out on purpose?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import jsii
from cdktn import TerraformStack
from constructs import IConstruct, IValidation

from holdfast.constructs.limits import require
from holdfast.constructs.private_bucket import PrivateBucket
from holdfast.constructs.selecting import Held, held_in, plans_in, selections_in

_DOCUMENTATION = "docs/proofs.md"
_SHORTEST_REASON = 10
_LONGEST = timedelta(days=2 * 366)


@dataclass(frozen=True)
class LeftOut:
    """A decision not to back something up; `until` is the last day it holds."""

    reason: str
    until: date


@jsii.implements(IValidation)
class BackupCoverage:
    """Refuses, when the app is synthesized, what holds data and is neither selected by a rule nor left out on purpose.

    - Databases, tables, volumes, file systems, buckets, instances and caches of the guarded stacks, whoever declared
      them, are found by a selection of a backup plan or by a snapshot policy of the same app.
    - What is left out has a reason and a day that has not passed.
    - A selection that can find nothing, and a plan without a selection, are refused.

    What is known only after apply (a tag, a name) counts as not known, so it does not select. Buckets that Holdfast
    makes hold backups, evidence or logs themselves and are not looked at.

    Args:
        today: the day decisions are held against.
        whole: the app declares everything its plans protect, so a selection that finds nothing in it is refused, too.
            By default a selection may find what is declared elsewhere.

    Example::

        from datetime import date

        from cdktn_provider_aws.s3_bucket import S3Bucket

        thumbnails = S3Bucket(stack, "Thumbnails", bucket="acme-thumbnails")
        coverage = BackupCoverage(today=date(2026, 11, 22))
        coverage.leave_out(thumbnails, reason="made again from the originals", until=date(2027, 3, 31))
        coverage.guard(stack)
    """

    def __init__(self, *, today: date, whole: bool = False) -> None:
        self._today = today
        self._whole = whole
        self._left_out: dict[str, LeftOut] = {}
        self._stacks: list[TerraformStack] = []

    def leave_out(self, construct: IConstruct, *, reason: str, until: date) -> None:
        """Leave out a construct and everything in it.

        Args:
            construct: what is not backed up.
            reason: why losing it is acceptable; 10 characters or more.
            until: the last day this holds, at most two years ahead; then it is decided again.

        Raises:
            OutsideLimit: there is no reason, or the day is too far ahead.
        """
        require(
            len(reason.strip()) >= _SHORTEST_REASON,
            construct="BackupCoverage",
            field="reason",
            value=reason,
            allowed=f"{_SHORTEST_REASON} characters or more",
            reference=_DOCUMENTATION,
        )
        require(
            until - self._today <= _LONGEST,
            construct="BackupCoverage",
            field="until",
            value=str(until),
            allowed=f"a day up to {self._today + _LONGEST}",
            reference=_DOCUMENTATION,
        )
        self._left_out[construct.node.path] = LeftOut(reason, until)

    def guard(self, stack: TerraformStack) -> BackupCoverage:
        """Look at everything in `stack` when its app is synthesized; selections count wherever in the app they are."""
        if not self._stacks:  # one look finds everything
            stack.node.add_validation(self)
        self._stacks.append(stack)
        return self

    def validate(self) -> list[str]:
        """Called by the CDK before anything is written; what it returns ends the build."""
        root = self._stacks[0].node.root
        stacks = [each for each in root.node.find_all() if isinstance(each, TerraformStack)]
        documents = {each.node.path: each.to_terraform() for each in stacks}
        guarded = [documents[each.node.path] for each in self._stacks]
        own = [each.node.path for each in root.node.find_all() if isinstance(each, PrivateBucket)]
        found = gaps(documents.values(), self._left_out, self._today, guarded=guarded, own=own, whole=self._whole)
        return [f"{path}: {problem}" for path, problem in found]


def gaps(
    documents: Iterable[Mapping[str, Any]],
    left_out: Mapping[str, LeftOut],
    today: date,
    *,
    guarded: Iterable[Mapping[str, Any]] | None = None,
    own: Collection[str] = (),
    whole: bool = False,
) -> list[tuple[str, str]]:
    """Everything in Terraform configurations that is not covered, as path and problem. Pure.

    Args:
        documents: the configurations of an app, each the content of a `cdk.tf.json`.
        left_out: decisions not to back something up, by construct path; each is for everything below it.
        today: the day they are held against.
        guarded: the configurations looked at; by default all. Selections count in all of them.
        own: construct paths of what holds backups itself.
        whole: whether a selection that finds nothing in `documents` is a gap.
    """
    documents = list(documents)
    selections = [each for document in documents for each in selections_in(document)]
    held = [each for document in (documents if guarded is None else guarded) for each in held_in(document)]
    found: list[tuple[str, str]] = []
    for each in held:
        if _below(each.path, own) is None and not any(selection.finds(each) for selection in selections):
            found.extend(_not_selected(each, left_out, today))
    everything = [each for document in documents for each in held_in(document)]
    for selection in selections:
        if selection.is_empty:
            found.append((selection.path, "selects nothing: name resources, conditions or tags"))
        elif whole and not any(selection.finds(each) for each in everything):
            found.append((selection.path, "finds nothing in this app"))
    for document in documents:
        for path, address in plans_in(document):
            if not any(address in selection.plan for selection in selections):
                found.append((path, "is a plan without a selection: it backs up nothing"))
    return found


def _not_selected(held: Held, left_out: Mapping[str, LeftOut], today: date) -> Iterator[tuple[str, str]]:
    decision = _below(held.path, left_out)
    if decision is None:
        rule = "no rule selects it" if held.kind.arn else "AWS Backup does not serve this type"
        yield held.path, f"{held.type} is not backed up ({rule}): select it, or leave it out with a reason and a day"
    elif left_out[decision].until < today:
        yield held.path, f"{held.type} was left out until {left_out[decision].until}, which has passed; decide again"


def _below(path: str, places: Iterable[str]) -> str | None:
    """The place a path is at or below."""
    return next((place for place in places if path == place or path.startswith(f"{place}/")), None)
