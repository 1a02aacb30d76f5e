"""Names an environment may not have, because Holdfast keeps something of its own under them."""

from __future__ import annotations

from collections.abc import Mapping

RESERVED: Mapping[str, str] = {
    "audit": "the audit log",
    "bin": "programs",
    "cache": "what can be made again",
    "demo": "the demo",
    "erasure": "erasure ledgers",
    "evidence": "evidence",
    "keys": "signing keys",
    "scratch": "what drills restore",
    "terraform": "providers",
}
"""Folders under Holdfast's home beside those of environments, and what lies in them."""

SANDBOX = "sandbox"
"""Emulators keep their records in the folder of the environment of this name, so only a sandbox may have it."""
