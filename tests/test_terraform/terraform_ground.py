"""Small stacks for the real Terraform that need no provider, and programs that play one that misbehaves."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from holdfast.clock import SystemClock
from holdfast.errors import HoldfastError
from holdfast.terraform import Deployment, Terraform
from holdfast.terraform.binary import Binary
from holdfast.terraform.providers import ProviderSource
from holdfast.terraform.stopping import StopSwitch

DEV = SimpleNamespace(environment="dev", sandbox=False)


@dataclass
class Stack:
    """A synthesized stack made by hand."""

    name: str
    directory: Path
    dependencies: tuple[str, ...] = ()
    configuration: dict[str, Any] = field(default_factory=dict)

    def write(self, **resources: dict[str, Any]) -> Stack:
        """Write its configuration; `one={"input": 1}` is a `terraform_data.one`."""
        blocks = {
            name: {"//": {"metadata": {"path": f"{self.name}/{name}", "uniqueId": name}}, **block}
            for name, block in resources.items()
        }
        self.configuration = {"terraform": {"backend": {"local": {"path": "terraform.tfstate"}}}}
        if blocks:
            self.configuration["resource"] = {"terraform_data": blocks}
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "cdk.tf.json").write_text(json.dumps(self.configuration))
        return self


def running(command: str) -> dict[str, Any]:
    """A resource whose creation runs a shell command."""
    return {"provisioner": [{"local-exec": {"command": command}}]}


FAKE = """#!/bin/sh
# Plays Terraform: says its version, and does what the test wants in one command.
if [ "$1" = version ]; then printf 'Terraform v1.11.4\\non linux_amd64\\n'; exit 0; fi
on_interrupt() {{ echo INT >> "{folder}/signals"; {on_interrupt}; }}
if [ "$1" = "{command}" ]; then trap on_interrupt INT; fi
echo "$1 $$" >> "{folder}/calls"  # from here on it may be interrupted
if [ "$1" = "{command}" ]; then
  {body}
fi
case "$1" in
  show) echo '{plan}' ;;
  plan) : > plan.bin ;;
esac
exit 0
"""
PLAN = {
    "format_version": "1.2",
    "resource_changes": [
        {
            "address": "terraform_data.a",
            "mode": "managed",
            "type": "terraform_data",
            "change": {"actions": ["create"]},
        }
    ],
}
WAIT = "while :; do sleep 0.05; done"


def fake_terraform(folder: Path, command: str, body: str, on_interrupt: str = "exit 1") -> Path:
    """A program that is Terraform but for one command. It notes its calls and the interrupts it gets."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "terraform"
    values = {
        "folder": folder,
        "command": command,
        "body": body,
        "on_interrupt": on_interrupt,
        "plan": json.dumps(PLAN),
    }
    program.write_text(FAKE.format(**values))
    program.chmod(0o755)
    return program


def with_program(program: Path, home: Path, **settings: Any) -> Terraform:
    """A `Terraform` around a program."""
    binary = Binary(program, "terraform", "1.11.4", "linux_amd64")
    clock = SystemClock()
    given = {"clock": clock, "stop": StopSwitch(clock), **settings}
    return Terraform(binary, ProviderSource(None, "nowhere"), home, **given)


def drive(home: Path, directory: Path, program: str) -> int:
    """What a child process does that a test sends signals to: plan and apply one stack, and exit as the CLI does."""
    from holdfast.cli.signals import raise_signals

    raise_signals()

    def tell(event: Any) -> None:
        sys.stdout.write(f"{event.kind} {event.command} {event.address}\n")
        sys.stdout.flush()

    try:
        terraform = with_program(Path(program), home, progress=tell) if program else Terraform.find(home, progress=tell)
        deployment = Deployment(DEV, [Stack("dev-a", directory)], terraform)
        with deployment.locked():
            deployment.apply(deployment.plan())
    except HoldfastError as error:
        sys.stderr.write(f"error: {error.message}\nhint: {error.hint}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    os.environ.setdefault("CHECKPOINT_DISABLE", "1")
    sys.exit(drive(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""))
