"""Which operations the sandbox serves. Importing this registers all of them."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.sandbox.backup_service.api import (
    air_gapped,
    backup_jobs,
    copy_jobs,
    frameworks,
    plans,
    recovery_points,
    report_plans,
    restore_jobs,
    restore_testing,
    selections,
    settings,
    tags,
    vault_locks,
    vault_notifications,
    vault_policies,
    vaults,
)
from holdfast.sandbox.backup_service.world import OPERATIONS, Handler

MODULES = (
    air_gapped,
    backup_jobs,
    copy_jobs,
    frameworks,
    plans,
    recovery_points,
    report_plans,
    restore_jobs,
    restore_testing,
    selections,
    settings,
    tags,
    vault_locks,
    vault_notifications,
    vault_policies,
    vaults,
)
"""Each serves what its name says."""

SERVED: Mapping[str, Handler] = OPERATIONS
"""By operation."""
