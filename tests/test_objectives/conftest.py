from __future__ import annotations

import sys
from pathlib import Path

# The brute-force calendar is two modules of its own, shared by several test files and by the benchmark.
sys.path.insert(0, str(Path(__file__).parent))
