"""What a drill of a PostgreSQL server refuses."""

from __future__ import annotations
