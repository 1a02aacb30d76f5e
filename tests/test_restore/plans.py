"""A plan and an environment made by hand, for what needs no AWS."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

from applied_ground import make_environment

from holdfast.clock import ManualClock
from holdfast.evidence.local_signer import LocalSigner
from holdfast.evidence.provenance import digest_of
from holdfast.restore.approval import approve
from holdfast.restore.plan import Changes, Item, RestorePlan, Tally
from holdfast.restore.scope import Scope, ScopeKind
from holdfast.restore.target import DirectoryTarget

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACCOUNT = "000000000000"
ADA, BOB, EVE = (f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in ("ada", "bob", "eve"))


def declare(*approvers, sandbox=True, **restore):
    """An environment; `approvers` are (principal, signer)."""
    accounts = {"workload": "111111111111", "backup": "222222222222"}
    named = [{"principal": principal, "key": signer.public_key.keyid} for principal, signer in approvers]
    changes = {"restore": {"approvers": named, **restore}}
    return make_environment(**changes) if sandbox else make_environment(sandbox=False, accounts=accounts, **changes)


def make_plan(environment, path="/srv/restored", *, by=ADA, nonce="0" * 32, **changes):
    item = {
        "dataset": "project",
        "tenant": None,
        "set_id": "20261122T020000Z-0123456789ab",
        "manifest_sha256": "ab" * 32,
        "captured_at": NOW - HOUR,
        "files": 3,
        "bytes": 1311,
        "below": "",
    }
    plan = RestorePlan(
        environment=environment.environment,
        configuration=digest_of(environment),
        planned_at=NOW,
        planned_by=by,
        reason="INC-1",
        scope=Scope(kind=ScopeKind.DATASET, dataset="project"),
        region="us-west-2",
        target=DirectoryTarget(path=path),
        items=(Item(**item),),
        changes=Changes(create=Tally(files=3, bytes=1311), sha256="cd" * 32),
        nonce=nonce,
    )
    return plan.model_copy(update=changes)


def approve_plan(plan, environment, signer, *, by=BOB, start=NOW, window=HOUR):
    return approve(
        plan,
        approver=by,
        signer=signer,
        environment=environment,
        not_before=start,
        not_after=start + window,
        comment="",
        clock=ManualClock(NOW),
    )


def key(folder, name):
    return LocalSigner.at(folder / name)
