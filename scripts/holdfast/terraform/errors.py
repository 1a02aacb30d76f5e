"""What can go wrong with Terraform, each in one error."""

from __future__ import annotations

from holdfast.errors import InputError, Interrupted, StorageError, Terminated, ToolError

GET_TERRAFORM = (
    "run scripts/fetch-terraform, install Terraform 1.11 or OpenTofu 1.10 or newer, or name one with HOLDFAST_TERRAFORM"
)
GET_PROVIDER = (
    "name a folder that holds registry.terraform.io/hashicorp/aws with HOLDFAST_PROVIDER_MIRROR (terraform providers "
    "mirror DIR makes one), or let this machine reach the registry"
)


class TerraformNotFound(ToolError):
    """No terraform and no tofu."""

    template = "neither terraform nor tofu was found (looked at {looked})"
    hint = GET_TERRAFORM


class TerraformTooOld(ToolError):
    """Only versions that lack what Holdfast needs."""

    template = "{path} is {product} {version}; needed is {minimum} or newer"
    hint = GET_TERRAFORM


class TerraformNotUsable(ToolError):
    """The program found does not behave as Terraform."""

    template = "{path} cannot be used as terraform: {problem}"
    hint = GET_TERRAFORM


class ProviderMirrorNotUsable(InputError):
    """HOLDFAST_PROVIDER_MIRROR names a folder that does not serve."""

    template = "HOLDFAST_PROVIDER_MIRROR={path}: {problem}"
    hint = "it must hold registry.terraform.io/hashicorp/aws/VERSION/{platform}"


class ProviderNotFound(ToolError):
    """No mirror holds the AWS provider and no registry gave it."""

    template = "the AWS provider for Terraform is not to be had ({tried}): {detail}"
    hint = GET_PROVIDER


class TerraformFailed(ToolError):
    """Terraform reported errors; the first one is shown, the others are counted."""

    template = "terraform {command} of {stack} failed: {summary}{where}{detail}{more}"
    hint = "its whole output: {log}"


class TerraformKilled(ToolError):
    """Terraform was ended by a signal nobody here sent."""

    template = "terraform {command} of {stack} was killed by signal {signal}"
    hint = "run the same command again: what was applied is in the state. Its whole output: {log}"


class StateIsLocked(ToolError):
    """Another run holds the lock of the state."""

    template = "the state of {stack} is locked by another run: {detail}"
    hint = "wait for it; if it is gone for good: terraform -chdir={folder} force-unlock ID"


class NoSpaceLeft(StorageError):
    """The disk is full."""

    template = "no space left on the device while running terraform {command} of {stack} in {folder}"
    hint = "free some space and run the same command again: what was applied is in the state"


class WorkspaceNotWritable(StorageError):
    """A folder or file of a Terraform run cannot be written."""

    template = "cannot write {path}: {reason}"
    hint = "free some space or choose another folder with HOLDFAST_HOME"


class BootstrapNotRead(InputError):
    """The policies of a bootstrap cannot be had from its files."""

    template = "the bootstrap {folder} is not read: {because}"
    hint = "what rests on its policies stays conditional"


class ConfigurationNotReadable(StorageError):
    """A synthesized stack cannot be read."""

    template = "the configuration of stack {stack} cannot be read: {problem}"
    hint = "write it again: holdfast synth"


class PlanNotReadable(StorageError):
    """What `terraform show -json` printed is not a plan."""

    template = "the plan of {stack} cannot be read: {problem}"
    hint = "plan again"


class UnknownStack(InputError):
    """A stack was selected that the environment does not have."""

    template = "there is no stack {stack!r}; there are: {allowed}"


class NeedsAnAccount(InputError):
    """An offline plan met a lookup that only a real account can answer."""

    template = "{address} looks something up in an account, which an offline plan cannot"
    hint = "compute the name instead, or plan without --offline"


class NotASandbox(InputError):
    """Destroying is for sandboxes."""

    template = "environment {environment!r} is not marked sandbox: true, and holdfast destroys nothing else"
    hint = "backups are kept until their locks expire"


class TerraformInterrupted(Interrupted):
    """SIGINT while Terraform ran; it was asked to stop and has let go of its lock."""

    template = "interrupted during {during}; {outcome}"
    hint = "run the same command again to go on from there"


class TerraformTerminated(Terminated):
    """SIGTERM while Terraform ran; it was asked to stop and has let go of its lock."""

    template = "terminated during {during}; {outcome}"
    hint = "run the same command again to go on from there"
