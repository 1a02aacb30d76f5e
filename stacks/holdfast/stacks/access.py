"""The roles of an environment, apart from what they may touch: changed by fewer people, applied last."""

from __future__ import annotations

from constructs import Construct

from holdfast.environments.model import Environment
from holdfast.stacks.base import EnvironmentStack


class AccessStack(EnvironmentStack):
    """`<env>-access`: the restricted roles."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            "access",
            environment,
            region=environment.regions.primary,
            account=environment.accounts.workload,
        )
