"""The roles of the backup account, apart from what must plan while the primary Region is down."""

from __future__ import annotations

from constructs import Construct

from holdfast.environments.model import Environment
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.drilling import drill_restorer
from holdfast.stacks.emergency import break_glass


class RecoveryAccessStack(EnvironmentStack):
    """`<env>-recovery-access`: break-glass and the drill restorer of a backup account of its own.

    They are no part of `<env>-recovery`, because IAM is changed and looked up in one Region of the partition, which may
    be the primary one: https://docs.aws.amazon.com/IAM/latest/UserGuide/disaster-recovery-resiliency.html
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            "recovery-access",
            environment,
            region=environment.regions.recovery,
            account=environment.accounts.backup,
        )
        break_glass(self)
        drill_restorer(self)
