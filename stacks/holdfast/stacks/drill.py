"""Where drills restore: in the recovery Region and the backup account, with no way out."""

from __future__ import annotations

from collections.abc import Mapping

from cdktn import TerraformOutput
from constructs import Construct

from holdfast.constructs.isolated_network import IsolatedNetwork
from holdfast.constructs.log_bucket import FLOWS
from holdfast.constructs.restore_testing import RestoreTest, RestoreTestingPlan, TestedResource
from holdfast.environments.model import DatasetKind, Environment, RestoreTests
from holdfast.stacks.base import EnvironmentStack
from holdfast.stacks.served import copied_by_aws_backup

_TESTED: Mapping[DatasetKind, TestedResource] = {
    DatasetKind.AURORA: TestedResource.AURORA,
    DatasetKind.DYNAMODB: TestedResource.DYNAMODB,
    DatasetKind.EBS: TestedResource.EBS,
    DatasetKind.EC2: TestedResource.EC2,
    DatasetKind.EFS: TestedResource.EFS,
    DatasetKind.RDS: TestedResource.RDS,
    DatasetKind.S3: TestedResource.S3,
}


class DrillStack(EnvironmentStack):
    """`<env>-drill`: the isolated network, and the restore tests AWS Backup makes of the copies by itself.

    It is beside the copies, so that a drill needs nothing of the primary Region. The role that runs drills is made with
    the other roles, in `<env>-access`; the role AWS Backup tests with is made here.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            "drill",
            environment,
            region=environment.regions.recovery,
            account=environment.accounts.backup,
        )
        drill = environment.drill
        network = IsolatedNetwork(
            self,
            "Network",
            name=f"{self.names.prefix}-drill",
            region=self.region,
            cidr=drill.network,
            zones=[f"{self.region}{zone}" for zone in drill.zones],
            accounts=list(dict.fromkeys((self.account, environment.accounts.workload))),
            services=[service.value for service in drill.endpoints],
            flow_logs_to=f"arn:aws:s3:::{self.names.replica_log_bucket}/{FLOWS}",
        )
        self._say_where(network)
        kinds = tested(environment)
        if kinds:
            self._restore_tests(drill.restore_tests, kinds, network)

    def _say_where(self, network: IsolatedNetwork) -> None:
        for name, value, description in (
            ("vpc_id", network.vpc.id, "The isolated network"),
            ("subnet_ids", network.subnet_ids, "Its subnets, one a zone"),
            ("security_group_id", network.security_group_id, "What is restored carries this group"),
            ("db_subnet_group", network.database_subnets.name, "Where databases are restored"),
        ):
            TerraformOutput(self, name, value=value, description=description)

    def _restore_tests(self, tests: RestoreTests, kinds: list[DatasetKind], network: IsolatedNetwork) -> None:
        """A selection for each kind, of all its resources: tags of another account's resources cannot be asked for."""
        RestoreTestingPlan(
            self,
            "RestoreTests",
            plan_name=self.names.restore_testing_plan,
            account=self.account,
            role_name=self.names.role("restore-tests"),
            vault_arns=[self.names.copy_vault_arn],
            tests=[
                RestoreTest(
                    kind.value,
                    _TESTED[kind],
                    overrides=_overrides(kind, network),
                    validate_within=tests.validate_within,
                )
                for kind in kinds
            ],
            schedule=tests.schedule,
            start_window=tests.start_window,
            newest=tests.newest,
            window=tests.window,
        )


def tested(environment: Environment) -> list[DatasetKind]:
    """The kinds AWS Backup restores by itself from the copies; where there are any, this stack has the role for it."""
    kinds = {dataset.kind for dataset in copied_by_aws_backup(environment)} & set(_TESTED)
    return sorted(kinds) if environment.drill.restore_tests.enabled else []


def _overrides(kind: DatasetKind, network: IsolatedNetwork) -> dict[str, str]:
    if kind in (DatasetKind.AURORA, DatasetKind.RDS):
        return network.overrides_for_databases()
    return network.overrides_for_instances() if kind is DatasetKind.EC2 else {}
