"""Which operations the sandbox serves. Importing this registers all of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from holdfast.sandbox.backup_service import api
from holdfast.sandbox.backup_service.world import OPERATIONS, Handler

for _module in pkgutil.iter_modules(api.__path__):
    importlib.import_module(f"{api.__name__}.{_module.name}")

SERVED: Mapping[str, Handler] = OPERATIONS
"""By operation; each module of `api` serves what its name says."""
