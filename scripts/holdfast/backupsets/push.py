"""Write a directory into the vault as a backup set, in both Regions, so that it either counts or does not exist.

The order is what makes it safe to be killed at any moment: all content, in both Regions, each object read back; the
list of entries likewise; the manifest in the recovery Region, then in the primary one; and when both are read back,
the commit, again the recovery Region first. Until both commits are there `catalog` does not call it a backup. Pushing
again reuses every object that is in place.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import translated
from holdfast.backupsets.capture import Capture, Plan
from holdfast.backupsets.layout import declared_dataset, folder_of
from holdfast.backupsets.locks import choose_rule
from holdfast.backupsets.packing import PACK_BELOW
from holdfast.backupsets.pushed import PushedSet, PushProgress
from holdfast.backupsets.walking import identities, open_root
from holdfast.clock import Clock, SystemClock
from holdfast.environments.model import Environment

ROLE = "backup-writer"
WORKERS = 8

_SYSTEM_CLOCK = SystemClock()


def check_push(
    environment: Environment, dataset: str, path: Path, *, tenant: str | None = None, rule: str | None = None
) -> None:
    """Check what `push` is asked for, before anybody asks AWS.

    Raises:
        InputError: dataset, tenant, rule or path cannot be used.
    """
    declared = declared_dataset(environment, dataset)
    folder_of(environment, dataset, tenant)
    choose_rule(environment, declared, rule)
    os.close(open_root(path))


def push(
    environment: Environment,
    sessions: Sessions,
    dataset: str,
    path: Path,
    *,
    tenant: str | None = None,
    rule: str | None = None,
    leave_out: Iterable[Path] = (),
    rewrite: bool = False,
    pack_below: int = PACK_BELOW,
    clock: Clock = _SYSTEM_CLOCK,
    progress: Callable[[PushProgress], None] = lambda _: None,
    role: str | None = ROLE,
    workers: int = WORKERS,
) -> PushedSet:
    """Back up everything below a directory.

    Memory does not grow with the content: `workers` and a few chunks of 8 MiB are held at a time, the list of entries
    is kept in an unnamed temporary file.

    Args:
        environment: what is declared.
        sessions: clients for it.
        dataset: a declared dataset.
        path: the directory.
        tenant: a tenant of the dataset; by default the set is of the dataset as a whole.
        rule: the rule that decides how long it is locked; by default the first of the dataset's tier.
        leave_out: directories below the path that are passed over, and listed in the manifest as left out.
        rewrite: write every object anew instead of reusing what is there; after a drill named a damaged one.
        pack_below: files of up to so many bytes share objects; 0 gives every file objects of its own.
        clock: for durations and waiting.
        progress: told now and then, from this thread.
        role: purpose of the role to write as; None for the caller.
        workers: calls at a time, over both Regions.

    Raises:
        InputError: dataset, tenant, rule or path cannot be used, or there is no file below the path.
        StorageError: something below the path cannot be read or changes while it is read.
        ServiceError: a Region refuses or does not answer. In all cases nothing is committed.
    """
    declared = declared_dataset(environment, dataset)
    plan = Plan(
        environment,
        declared,
        folder_of(environment, dataset, tenant),
        choose_rule(environment, declared, rule),
        identities(leave_out),
        rewrite,
        pack_below,
    )
    started = clock.monotonic()
    with ExitStack() as stack:
        root = open_root(path)
        stack.callback(os.close, root)
        with translated("push"):
            capture = Capture(plan, sessions, path, clock, role)
            capture.run(root, stack, progress, workers)
            committed = capture.commit()
    return capture.result(committed, timedelta(seconds=clock.monotonic() - started))
