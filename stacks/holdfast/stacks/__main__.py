"""The CDK app: `python -m holdfast.stacks ENV`. `cdktf.json` names it, so the CDK's own command line works as well.

It writes to `cdktf.out`, or to `CDKTF_OUTDIR` where the CDK's command line sets it, and prints the stacks in the order
they are applied. With `--addresses` it prints every Terraform address instead, which is how the golden lists are made:

    python -m holdfast.stacks prod --addresses > tests/test_stacks/golden/prod.txt
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from holdfast.clock import SystemClock
from holdfast.environments.loading import load_environment
from holdfast.errors import HoldfastError


def main(arguments: list[str]) -> int:
    """Synthesize one environment; 0 when it worked, else the exit code of the error."""
    parser = argparse.ArgumentParser(prog="python -m holdfast.stacks", description="Synthesize one environment.")
    parser.add_argument("environment", help="name of the environment")
    parser.add_argument("--environments", type=Path, default=None, help="folder of the environment files")
    parser.add_argument("--out", type=Path, default=None, help="folder to write to (by default cdktf.out)")
    parser.add_argument("--addresses", action="store_true", help="print every Terraform address")
    options = parser.parse_args(arguments)
    folder = options.environments or Path(os.environ.get("HOLDFAST_ENVIRONMENTS", "environments"))
    out = options.out or Path(os.environ.get("CDKTF_OUTDIR", "cdktf.out"))
    try:
        loaded = load_environment(options.environment, folder)
        from holdfast.stacks.addresses import listing
        from holdfast.stacks.app import synthesize
        from holdfast.stacks.proofs import Ground

        stacks = synthesize(loaded.environment, out, Ground.of(loaded, SystemClock().now()))
    except HoldfastError as error:
        sys.stderr.write(f"error: {error.message}\n" + (f"hint:  {error.hint}\n" if error.hint else ""))
        return error.exit_code
    if options.addresses:
        sys.stdout.write(listing((stack.name, stack.configuration) for stack in stacks))
    else:
        sys.stdout.writelines(f"{stack.name} {stack.directory}\n" for stack in stacks)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
