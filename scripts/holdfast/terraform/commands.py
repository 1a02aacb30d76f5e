"""Terraform's commands for one workspace, each streamed, each ending in a value or in one error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from holdfast.clock import Clock, SystemClock
from holdfast.locking import file_lock
from holdfast.terraform.binary import Binary, find_binary
from holdfast.terraform.errors import WorkspaceNotWritable
from holdfast.terraform.events import Progress, silent
from holdfast.terraform.failures import failure
from holdfast.terraform.providers import ProviderSource, cli_configuration, find_provider
from holdfast.terraform.running import Call, Outcome, Watch, run
from holdfast.terraform.stopping import Level, StopSwitch
from holdfast.terraform.workspace import Workspace, write_private

LOCK_TIMEOUT = timedelta(seconds=60)
_DROPPED = ("TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_INPUT", "TF_PLUGIN_CACHE_DIR", "TF_REATTACH_PROVIDERS")
_GO_GARBAGE_PERCENT = "400"
"""Each command reads the AWS provider's whole schema anew. Collecting garbage less often meanwhile takes a third off
the processor time of a plan for 6 % more memory (measured with Terraform 1.11.4 and AWS 5.100.0)."""
_PROVIDER_LOCK_SECONDS = 900.0


@dataclass(frozen=True)
class Terraform:
    """A terraform or tofu, where its provider comes from, and how its runs are watched and stopped.

    Args:
        binary: the program.
        provider: where the AWS provider comes from.
        home: Holdfast's folder.
        clock: time.
        stop: stops every run made with this value.
        progress: is told what happens.
        watch: asked every second; what it returns ends the run and is raised.
    """

    binary: Binary
    provider: ProviderSource
    home: Path
    clock: Clock = field(default_factory=SystemClock)
    stop: StopSwitch = field(default_factory=lambda: StopSwitch(SystemClock()))
    progress: Progress = silent
    watch: Watch | None = None

    @classmethod
    def find(
        cls,
        home: Path,
        *,
        progress: Progress = silent,
        watch: Watch | None = None,
        clock: Clock | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Terraform:
        """Find the program and the provider on this machine.

        Raises:
            TerraformNotFound, TerraformTooOld, TerraformNotUsable, ProviderMirrorNotUsable.
        """
        clock = clock or SystemClock()
        binary = find_binary(home, variables)
        provider = find_provider(binary, variables)
        return cls(binary, provider, home, clock, StopSwitch(clock), progress, watch)

    def init(self, workspace: Workspace) -> None:
        """Connect the state and get the provider."""
        lock = workspace.folder / ".terraform.lock.hcl"
        with self._provider_cache():
            self._seed_provider_lock(lock)
            self._run(workspace, "init", "-json", "-input=false", "-reconfigure")
            self._keep_provider_lock(lock)

    def validate(self, workspace: Workspace) -> None:
        """Check the configuration against the provider's schema."""
        self._run(workspace, "validate")

    def plan(self, workspace: Workspace) -> None:
        """Plan into the workspace's plan file and keep the plan as JSON (both 0600)."""
        arguments = ["-json", "-input=false", self._lock_timeout, f"-out={workspace.plan_file.name}"]
        self._run(workspace, "plan", *arguments)
        partial = workspace.folder / "plan.json.partial"
        self._run(workspace, "show", "-json", workspace.plan_file.name, output=partial)
        try:
            workspace.plan_json.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial.replace(workspace.plan_json)
        except OSError as error:
            raise WorkspaceNotWritable(path=workspace.plan_json, reason=error.strerror or error) from error

    def apply(self, workspace: Workspace) -> None:
        """Apply the workspace's plan file, and remove it."""
        self._run(workspace, "apply", "-json", "-input=false", self._lock_timeout, workspace.plan_file.name)
        workspace.plan_file.unlink(missing_ok=True)

    def destroy(self, workspace: Workspace) -> None:
        """Destroy everything in the workspace's state."""
        self._run(workspace, "destroy", "-json", "-input=false", "-auto-approve", self._lock_timeout)

    def variables(self, workspace: Workspace) -> dict[str, str]:
        """The environment a command of this workspace runs in: nothing that would change what it means."""
        kept = {name: value for name, value in workspace.variables.items() if not name.startswith(_DROPPED)}
        kept |= {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": str(self._settings())}
        kept.setdefault("GOGC", _GO_GARBAGE_PERCENT)
        if self._caches:
            kept["TF_PLUGIN_CACHE_DIR"] = str(self._cache)
        return kept

    @property
    def _lock_timeout(self) -> str:
        return f"-lock-timeout={int(LOCK_TIMEOUT.total_seconds())}s"

    @property
    def _caches(self) -> bool:
        """A provider from the registry is kept for the next stack; one from a mirror is linked anyway."""
        return self.provider.mirror is None and self.provider.settings is None

    @property
    def _cache(self) -> Path:
        return self.home / "terraform" / "plugins"

    def _provider_cache(self) -> AbstractContextManager[None]:
        """Terraform's provider cache is not safe for several at once."""
        if not self._caches:
            return nullcontext()
        path = self.home / "terraform" / "plugins.lock"
        return file_lock(path, self.clock, doing="getting providers", patience=_PROVIDER_LOCK_SECONDS)

    def _seed_provider_lock(self, lock: Path) -> None:
        """With the checksums another stack has already taken, the cache serves; a mirror needs none."""
        try:
            lock.unlink(missing_ok=True)
            if self._caches:
                self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
                if self._kept_lock.is_file():
                    shutil.copyfile(self._kept_lock, lock)
        except OSError as error:
            raise WorkspaceNotWritable(path=lock, reason=error.strerror or error) from error

    def _keep_provider_lock(self, lock: Path) -> None:
        if self._caches and lock.is_file():
            try:
                write_private(self._kept_lock, lock.read_bytes())
            except OSError as error:
                raise WorkspaceNotWritable(path=self._kept_lock, reason=error.strerror or error) from error

    @property
    def _kept_lock(self) -> Path:
        return self.home / "terraform" / f"{self.binary.product}.lock.hcl"

    def _settings(self) -> Path:
        """The CLI configuration: the user's own when it says how to install providers, else one of ours."""
        if self.provider.settings is not None:
            return self.provider.settings
        path = self.home / "terraform" / "cli.tfrc"
        content = cli_configuration(self.provider, self.binary).encode()
        try:
            if not path.is_file() or path.read_bytes() != content:
                write_private(path, content)
        except OSError as error:
            raise WorkspaceNotWritable(path=path, reason=error.strerror or error) from error
        return path

    def _run(self, workspace: Workspace, command: str, *arguments: str, output: Path | None = None) -> None:
        call = Call(
            stack=workspace.stack,
            command=command,
            arguments=[os.fspath(self.binary.path), command, "-no-color", *arguments],
            folder=workspace.folder,
            variables=self.variables(workspace),
            log=workspace.log(command),
            output=output,
        )
        if self.stop.asked:
            raise self.stop.error(f"{command} of {workspace.stack}")
        outcome = run(call, stop=self.stop, clock=self.clock, progress=self.progress, watch=self.watch)
        self._judge(call, outcome)

    def _judge(self, call: Call, outcome: Outcome) -> None:
        if outcome.code == 0:
            return
        if outcome.stopped is not Level.RUN:
            raise self.stop.error(f"{call.command} of {call.stack}")
        raise failure(call, outcome, self.provider.description)
