"""Which operations the sandbox serves. Importing this registers all of them."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.sandbox.rds_service.api import automated_backups, instances, restores, snapshots, subnet_groups, tags
from holdfast.sandbox.rds_service.world import OPERATIONS, Handler

MODULES = (automated_backups, instances, restores, snapshots, subnet_groups, tags)
"""Each serves what its name says."""

SERVED: Mapping[str, Handler] = OPERATIONS
"""By operation."""
