"""The Terraform addresses of a synthesized stack.

A changed address makes Terraform destroy a resource and make it anew: for a bucket full of backups, the worst change
there is. `tests/test_stacks/golden/` holds the addresses of every environment, and a test compares them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path


def addresses(configuration: Path) -> list[str]:
    """The addresses of all managed resources in a `cdk.tf.json`, sorted."""
    resources = json.loads(configuration.read_text()).get("resource", {})
    return sorted(f"{kind}.{name}" for kind, named in resources.items() for name in named)


def listing(configurations: Iterable[tuple[str, Path]]) -> str:
    """The addresses of several stacks as text, one `<stack> <address>` a line."""
    return "".join(f"{stack} {address}\n" for stack, path in configurations for address in addresses(path))
