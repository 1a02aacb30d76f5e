"""The roles of an environment's bootstrap, with the policies Terraform says they will have.

The bootstrap (`bootstrap/<env>/`, written by `holdfast env new`) is Terraform of its own, applied once by an
administrator, so its roles are in no stack. A plan without an account renders their policies; it is made once for each
version of the files and kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from holdfast.environments.templates.record import read_record
from holdfast.errors import HoldfastError
from holdfast.json_files import read_json
from holdfast.locking import file_lock
from holdfast.objectives.access import Document, Principal
from holdfast.terraform.bootstrap_files import files_of, only_aws, why_not_planned
from holdfast.terraform.commands import Terraform
from holdfast.terraform.configuration import offline_variables
from holdfast.terraform.errors import BootstrapNotRead, TerraformFailed, WorkspaceNotWritable
from holdfast.terraform.workspace import Workspace, write_private

_UNPLUGGED = {
    "access_key": "offline",
    "secret_key": "offline",
    "allowed_account_ids": [],
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": "true",
    "max_retries": 1,
}
_PROVIDERS = ("backup", "workload")
"""The aliases of the providers a bootstrap has, one for each account."""
OVERRIDE = "zz_proof_override.tf.json"
"""Of several overriding files the last one decides."""
_PATIENCE = 300.0


def folder_beside(environments: Path, name: str) -> Path:
    """Where the bootstrap of an environment lies: where its template put it, else beside the environments folder."""
    try:
        root = environments / read_record(name, environments).root
    except HoldfastError:
        root = environments.parent
    return Path(os.path.normpath(root.absolute())) / "bootstrap" / name


@dataclass(frozen=True)
class Bootstrap:
    """The bootstrap of an environment on this machine.

    Args:
        environment: its name.
        folder: where its files are.
        home: Holdfast's folder.
    """

    environment: str
    folder: Path
    home: Path

    def principals(self) -> tuple[Principal, ...]:
        """Its roles, each with all policies attached to it, its boundary and who may take it on.

        Raises:
            BootstrapNotRead: there is none, or it is not planned for a proof.
            TerraformNotFound, TerraformFailed: it cannot be planned.
            WorkspaceNotWritable: nothing can be written below `home`.
        """
        try:
            files = files_of(self.folder)
        except OSError as error:
            raise BootstrapNotRead(folder=self.folder, because=error.strerror or error) from None
        if because := why_not_planned(files):
            raise BootstrapNotRead(folder=self.folder, because=because)
        kept = self._home / f"{_digest(files)}.json"
        try:
            if not kept.is_file():
                write_private(kept, json.dumps(self._plan(files)).encode())
        except OSError as error:
            raise WorkspaceNotWritable(path=kept, reason=error.strerror or error) from error
        try:
            return tuple(roles_in(read_json(kept)))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise BootstrapNotRead(
                folder=self.folder, because="it makes roles in another way than known here"
            ) from None

    @property
    def _home(self) -> Path:
        return self.home / self.environment / "bootstrap"

    def _plan(self, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
        """The resources of IAM among the planned values, child modules included."""
        found = Terraform.find(self.home)
        if found.provider.settings is not None:
            because = f"{found.provider.settings} says where providers come from, and a proof is to run none but AWS's"
            raise BootstrapNotRead(folder=self.folder, because=because)
        folder = self._home / "workspace"
        with file_lock(self._home / "lock", found.clock, doing="reading the bootstrap", patience=_PATIENCE):
            try:
                return self._planned(found, folder, files)
            except TerraformFailed:  # on a busy machine the provider may take too long to start
                return self._planned(found, folder, files)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _planned(self, found: Terraform, folder: Path, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
        shutil.rmtree(folder, ignore_errors=True)
        settings = folder / "only-aws.tfrc"
        ours = {OVERRIDE: _override(), settings.name: only_aws(found.provider, found.binary).encode()}
        for name, content in {**files, **ours}.items():
            write_private(folder / name, content)
        terraform = replace(found, provider=replace(found.provider, settings=settings))
        name = f"{self.environment}-bootstrap"
        workspace = Workspace(name, folder, folder / "plan.json", offline_variables(os.environ))
        terraform.init(workspace)
        terraform.plan(workspace)
        module = read_json(workspace.plan_json)["planned_values"]["root_module"]
        return [each for each in _resources(module) if each["type"].startswith("aws_iam_")]


def roles_in(resources: list[dict[str, Any]]) -> Iterator[Principal]:
    """The roles among planned resources. A role without a boundary is left out: nothing says what its account is."""
    policies = {
        (_module(each), each["values"]["name"]): json.loads(each["values"]["policy"])
        for each in resources
        if each["type"] == "aws_iam_policy"
    }
    for role in resources:
        boundary = role["values"].get("permissions_boundary") if role["type"] == "aws_iam_role" else None
        if boundary is None:
            continue
        module, name, account = _module(role), role["values"]["name"], boundary.split(":")[4]
        attached = [
            each["values"]["policy_arn"]
            for each in resources
            if each["type"] == "aws_iam_role_policy_attachment"
            and (_module(each), each["values"]["role"]) == (module, name)
        ]
        yield Principal(
            name,
            f"arn:aws:iam::{account}:role/{name}",
            tuple(_document(policies, module, arn) for arn in attached),
            _document(policies, module, boundary),
            json.loads(role["values"]["assume_role_policy"]),
        )


def _document(policies: Mapping[tuple[str, str], Document], module: str, arn: str) -> Document:
    return policies[module, arn.rpartition("/")[2]]


def _resources(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _module(resource: Mapping[str, Any]) -> str:
    return str(resource["address"]).rpartition(f".{resource['type']}.")[0]


def _override() -> bytes:
    """Providers that call nobody, and a state of its own whatever the files say."""
    providers = [{"alias": each, **_UNPLUGGED} for each in _PROVIDERS]
    return json.dumps({"provider": {"aws": providers}, "terraform": {"backend": {"local": {}}}}).encode()


def _digest(files: Mapping[str, bytes]) -> str:
    """Of the names and contents of all files, each content by its own digest."""
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()
