"""Who does what in an environment, as ARN patterns that are known before any role exists."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.constructs.principals import NOBODY, Principals
from holdfast.environments.model import Environment
from holdfast.environments.names import SNAPSHOT_RESTORER, Names
from holdfast.stacks.served import restored_from_snapshots


@dataclass(frozen=True)
class People:
    """The principals of one environment: what its file says, else the roles `Names` gives.

    In a sandbox the account's root deploys and operates, and each role is also named by its sessions, because the
    emulator fills `aws:PrincipalArn` with the session's ARN where AWS has the role's.
    """

    environment: Environment

    def deployer(self, account: str) -> Principals:
        """Who runs Terraform in `account`: by default the role it takes on there, or `holdfast-<env>-deployer`."""
        written = self.environment.principals.deployer
        if self.environment.accounts.deployer_role is not None and not written and not self.environment.sandbox:
            return Principals.of(Names(self.environment).deployer_arn(account))
        return self._written(written, "deployer", account) | self._root(account)

    def planner(self, account: str) -> Principals:
        """Who plans before anybody approved, and only looks: the role `holdfast-<env>-planner`."""
        return self._role("planner", account)

    def break_glass(self, account: str) -> Principals:
        """Who may destroy a key, in an emergency; by default the role `holdfast-<env>-break-glass`."""
        return self._written(self.environment.principals.break_glass, "break-glass", account)

    def administrators(self, account: str) -> Principals:
        """Who may change what protects a bucket: the deployer and break-glass."""
        return self.deployer(account) | self.break_glass(account)

    @property
    def operator(self) -> Principals:
        """Who may take on the roles below; by default the role `holdfast-<env>-operator`."""
        account = self.environment.accounts.workload
        return self._written(self.environment.principals.operator, "operator", account) | self._root(account)

    @property
    def writer(self) -> Principals:
        """The role that writes backup sets."""
        return self._role("backup-writer", self.environment.accounts.workload)

    @property
    def drill_runner(self) -> Principals:
        """The role that reads backups back, to prove that they can be."""
        return self._role("drill-runner", self.environment.accounts.workload)

    @property
    def snapshot_restorer(self) -> Principals:
        """The role drills restore snapshots and automated backups with; nobody where there is none."""
        if not restored_from_snapshots(self.environment):
            return NOBODY
        return self._role(SNAPSHOT_RESTORER, self.environment.accounts.workload)

    @property
    def stream_writer(self) -> Principals:
        """The role databases archive with."""
        return self._role("stream-writer", self.environment.accounts.workload)

    @property
    def archivers(self) -> Principals:
        """Who may take on that role: machines of databases; by default the role `holdfast-<env>-archiver`."""
        account = self.environment.accounts.workload
        return self._written(self.environment.principals.archiver, "archiver", account) | self._root(account)

    @property
    def restore_operator(self) -> Principals:
        """The role that restores, for one tenant at a time."""
        return self._role("restore-operator", self.environment.accounts.workload)

    @property
    def auditor(self) -> Principals:
        """The role that looks at everything and reads no backup."""
        return self._role("auditor", self.environment.accounts.workload)

    def inspectors(self, account: str) -> Principals:
        """Who looks at the settings of the keys of `account`: the planner, and the auditor where it is at home."""
        planner = self.planner(account)
        return planner | self.auditor if account == self.environment.accounts.workload else planner

    def emergency(self, account: str) -> Principals:
        """Who may take on break-glass of `account`; by default its users below `/holdfast-<env>/emergency/`."""
        return self._users(self.environment.principals.emergency, "emergency", account)

    @property
    def restorers(self) -> Principals:
        """Who may take on the restore role; by default the users below `/holdfast-<env>/restorers/`."""
        return self._users(self.environment.principals.restorer, "restorers", self.environment.accounts.workload)

    @property
    def auditors(self) -> Principals:
        """Who may take on the auditor's role; by default the role `holdfast-<env>-audit-team`."""
        account = self.environment.accounts.workload
        return self._written(self.environment.principals.auditor, "audit-team", account) | self._root(account)

    @property
    def replication(self) -> Principals:
        """The role S3 replicates with."""
        return self._role("replication", self.environment.accounts.workload)

    @property
    def aws_backup(self) -> Principals:
        """What AWS Backup uses keys as: its role in the workload account, and its own role in both accounts.

        Its own (service-linked) role makes the copies in the account they go to.
        """
        accounts = self.environment.accounts
        own = "role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
        linked = [f"arn:aws:iam::{account}:{own}" for account in (accounts.workload, accounts.backup)]
        return self._role("aws-backup", accounts.workload) | Principals.of(*linked)

    def _written(self, arns: tuple[str, ...], purpose: str, account: str) -> Principals:
        return Principals.of(*arns) if arns else self._role(purpose, account)

    def _users(self, arns: tuple[str, ...], group: str, account: str) -> Principals:
        return Principals.of(*(arns or (Names(self.environment).users_arn(group, account=account),)))

    def _role(self, purpose: str, account: str) -> Principals:
        names = Names(self.environment)
        role = Principals.of(names.role_arn(purpose, account=account))
        if self.environment.sandbox:
            return role | Principals.of(f"arn:aws:sts::{account}:assumed-role/{names.role(purpose)}/*")
        return role

    def _root(self, account: str) -> Principals:
        return Principals.of(*([f"arn:aws:iam::{account}:root"] if self.environment.sandbox else []))
