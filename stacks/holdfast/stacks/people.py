"""Who does what in an environment, as ARN patterns that are known before any role exists."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.constructs.principals import Principals
from holdfast.environments.model import Environment
from holdfast.environments.names import Names


@dataclass(frozen=True)
class People:
    """The principals of one environment, named by `Names`."""

    environment: Environment

    def deployer(self, account: str) -> Principals:
        """Who runs Terraform in `account`: the role `holdfast-<env>-deployer`; in a sandbox the account's own root."""
        role = self._names.role_arn("deployer", account=account)
        if self.environment.sandbox:
            return Principals.of(role, f"arn:aws:iam::{account}:root")
        return Principals.of(role)

    def break_glass(self, account: str) -> Principals:
        """Who may destroy a key, in an emergency: the role `holdfast-<env>-break-glass`."""
        return Principals.of(self._names.role_arn("break-glass", account=account))

    @property
    def writer(self) -> Principals:
        """The role that writes backup sets."""
        return Principals.of(self._names.role_arn("backup-writer"))

    @property
    def drill_runner(self) -> Principals:
        """The role that reads backups back, to prove that they can be."""
        return Principals.of(self._names.role_arn("drill-runner"))

    @property
    def _names(self) -> Names:
        return Names(self.environment)
