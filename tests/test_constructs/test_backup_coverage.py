"""Everything in an app that holds data is backed up or left out on purpose; anything else ends the synthesis."""

from __future__ import annotations

from datetime import date, timedelta

import cdktn
import pytest
from cdktn_provider_aws.db_instance import DbInstance
from cdktn_provider_aws.dlm_lifecycle_policy import DlmLifecyclePolicy
from cdktn_provider_aws.dynamodb_table import DynamodbTable
from cdktn_provider_aws.ebs_volume import EbsVolume
from cdktn_provider_aws.elasticache_cluster import ElasticacheCluster
from cdktn_provider_aws.instance import Instance
from cdktn_provider_aws.s3_bucket import S3Bucket
from construct_bench import ACCOUNT, Bench

from holdfast.constructs import (
    BackupCoverage,
    BackupPlan,
    BackupRule,
    BackupSelection,
    BackupVault,
    Conditions,
    Governance,
    Purpose,
    ServiceRole,
    VaultKey,
)
from holdfast.constructs.aws import AwsProvider, AwsProviderDefaultTags
from holdfast.constructs.backup_coverage import LeftOut, gaps
from holdfast.constructs.errors import OutsideLimit

TODAY = date(2026, 11, 22)
DATABASES = f"arn:aws:rds:us-east-1:{ACCOUNT}:db:*"


class Shop(Bench):
    """Somebody's own app, which uses our constructs to back up what it declares."""

    def __init__(self, tmp_path):
        self.app = cdktn.App(outdir=str(tmp_path), stack_traces=False)
        super().__init__(cdktn.TerraformStack(self.app, "shop"))
        AwsProvider(
            self.stack, "aws", region="us-east-1", default_tags=[AwsProviderDefaultTags(tags={"team": "orders"})]
        )
        self.coverage = BackupCoverage(today=TODAY).guard(self.stack)

    def plan(self):
        key = VaultKey(
            self.stack,
            "VaultKey",
            alias="alias/vault",
            administrators=self.deployer,
            break_glass=self.break_glass,
        )
        vault = BackupVault(
            self.stack,
            "Vault",
            vault_name="acme",
            key=key,
            lock=Governance(timedelta(days=7)),
            break_glass=self.break_glass,
        )
        return BackupPlan(self.stack, "Plan", plan_name="shop", vault=vault, rules=[BackupRule.daily()])

    def select(self, **what):
        plan = self.plan()
        role = ServiceRole(self.stack, "Role", role_name="aws-backup", account=ACCOUNT, purpose=Purpose.BACKUP)
        BackupSelection(self.stack, "Selection", plan=plan, selection_name="shop", role=role, **what)

    def database(self, id="Orders", **arguments):
        return DbInstance(self.stack, id, instance_class="db.t4g.micro", **({"identifier": "orders"} | arguments))

    def table(self, **arguments):
        return DynamodbTable(self.stack, "Table", name="sessions", hash_key="id", **arguments)

    def refused(self):
        """What the synthesis says; nothing when it goes through."""
        try:
            self.app.synth()
        except RuntimeError as error:
            return str(error)
        return ""


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_what_no_rule_selects_ends_the_synthesis(shop, tmp_path):
    shop.select(resources=[DATABASES])
    shop.table()

    assert "shop/Table: aws_dynamodb_table is not backed up (no rule selects it)" in shop.refused()
    assert not (tmp_path / "stacks" / "shop" / "cdk.tf.json").exists()


@pytest.mark.parametrize(
    "selection",
    [
        {"resources": [DATABASES]},
        {"resources": ["arn:aws:rds:*"]},
        {"resources": ["*"]},
        {"resources": [f"arn:aws:rds:us-east-1:{ACCOUNT}:db:orders"]},
        {"resources": [f"arn:aws:rds:us-east-1:{ACCOUNT}:db:ord*"]},
        {"resources": [DATABASES], "conditions": Conditions(equals={"service": "orders", "team": "orders"})},
        {"conditions": Conditions(like={"service": "ord*"}, not_equals={"service": "cache"})},
        {"any_tag": {"service": "orders", "other": "none"}},
    ],
    ids=[
        "its kind",
        "its service",
        "everything",
        "its ARN",
        "its beginning",
        "tags, also the provider's",
        "like",
        "any",
    ],
)
def test_what_a_rule_selects_goes_through(shop, selection):
    shop.select(**selection)
    shop.database(tags={"service": "orders"})

    assert shop.refused() == ""


@pytest.mark.parametrize(
    "selection",
    [
        {"resources": [f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/*"]},
        {"resources": [f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:*"]},
        {"resources": [f"arn:aws:rds:us-east-1:{ACCOUNT}:db:ledger"]},
        {"resources": [f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:*"]},
        {"resources": [DATABASES], "conditions": Conditions(equals={"service": "ledger"})},
        {"resources": [DATABASES], "conditions": Conditions(equals={"service": "orders", "tier": "gold"})},
        {"resources": [DATABASES], "conditions": Conditions(not_like={"service": "ord*"})},
        {"resources": [DATABASES], "excluding": [f"arn:aws:rds:us-east-1:{ACCOUNT}:db:orders"]},
        {"any_tag": {"service": "ledger"}},
    ],
    ids=[
        "other kind",
        "other Region",
        "other name",
        "clusters",
        "tag",
        "one of two tags",
        "not like",
        "excluded",
        "any",
    ],
)
def test_what_a_rule_passes_over_ends_the_synthesis(shop, selection):
    shop.select(**selection)
    shop.database(tags={"service": "orders"})

    assert "shop/Orders: aws_db_instance is not backed up" in shop.refused()


def test_a_resource_is_selected_by_reference(shop):
    shop.select(resources=[shop.database(identifier=None).arn])

    assert shop.refused() == ""


def test_a_tag_that_is_known_only_after_apply_does_not_select(shop, token):
    shop.select(resources=[DATABASES], conditions=Conditions(equals={"service": "orders"}))
    variable = cdktn.TerraformVariable(shop.stack, "service", type="string")
    shop.database(tags={"service": variable.string_value})

    assert "shop/Orders" in shop.refused()


@pytest.mark.parametrize(("target", "found"), [({"backup": "yes"}, True), ({"backup": "no"}, False)])
def test_a_snapshot_policy_selects_volumes_by_tag(shop, target, found):
    EbsVolume(shop.stack, "Volume", availability_zone="us-east-1a", size=8, tags={"backup": "yes"})
    details = {"resource_types": ["VOLUME"], "target_tags": target, "schedule": []}
    DlmLifecyclePolicy(shop.stack, "Policy", description="d", execution_role_arn="r", policy_details=details)

    assert (shop.refused() == "") is found


def test_a_snapshot_policy_for_volumes_does_not_select_instances(shop):
    Instance(shop.stack, "Host", ami="ami-1", instance_type="t4g.micro", tags={"backup": "yes"})
    details = {"resource_types": ["VOLUME"], "target_tags": {"backup": "yes"}, "schedule": []}
    DlmLifecyclePolicy(shop.stack, "Policy", description="d", execution_role_arn="r", policy_details=details)

    assert "shop/Host: aws_instance is not backed up" in shop.refused()


def test_a_cache_cannot_be_selected_and_has_to_be_left_out(shop):
    cache = ElasticacheCluster(shop.stack, "Cache", cluster_id="sessions")
    assert (
        "shop/Cache: aws_elasticache_cluster is not backed up (AWS Backup does not serve this type)" in shop.refused()
    )

    shop.coverage.leave_out(cache, reason="signing in again is all that is lost", until=TODAY)

    assert shop.refused() == ""


def test_a_decision_to_leave_out_runs_out(shop):
    shop.coverage.leave_out(shop.table(), reason="made again every night", until=TODAY - timedelta(days=1))

    assert "shop/Table: aws_dynamodb_table was left out until 2026-11-21, which has passed" in shop.refused()


def test_a_decision_holds_for_everything_below_a_construct(shop):
    folder = cdktn.TerraformStack(shop.app, "scratch")
    AwsProvider(folder, "aws", region="us-east-1")
    S3Bucket(folder, "Bucket", bucket="acme-scratch")
    shop.coverage.guard(folder)
    assert "scratch/Bucket: aws_s3_bucket is not backed up" in shop.refused()

    shop.coverage.leave_out(folder, reason="thrown away every night", until=TODAY)

    assert shop.refused() == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": "  because  "}, "reason"), ({"until": TODAY + timedelta(days=800)}, "until")],
)
def test_a_decision_needs_a_reason_and_a_day(shop, changes, field):
    with pytest.raises(OutsideLimit, match=f"BackupCoverage: {field} is "):
        shop.coverage.leave_out(shop.table(), **({"reason": "made again every night", "until": TODAY} | changes))


def test_our_own_buckets_hold_backups_and_need_none(shop):
    shop.bucket()

    assert shop.refused() == ""


def test_a_plan_without_a_selection_is_refused(shop):
    shop.plan()

    assert "shop/Plan/Resource: is a plan without a selection: it backs up nothing" in shop.refused()


SELECTION = {"plan_id": "${aws_backup_plan.p.id}", "name": "s"}


def app(**resources):
    return {"resource": {kind: {"x" if kind != "aws_backup_plan" else "p": each} for kind, each in resources.items()}}


@pytest.mark.parametrize("empty", [{}, {"resources": []}, {"condition": [{"string_equals": []}]}])
def test_a_selection_that_can_find_nothing_is_refused(empty):
    found = gaps([app(aws_backup_plan={}, aws_backup_selection=SELECTION | empty)], {}, TODAY)

    assert found == [("aws_backup_selection.x", "selects nothing: name resources, conditions or tags")]


def test_a_snapshot_policy_that_is_switched_off_selects_nothing():
    policy = {"state": "DISABLED", "policy_details": {"resource_types": ["VOLUME"], "target_tags": {"a": "b"}}}
    volume = {"tags": {"a": "b"}}

    found = gaps([app(aws_dlm_lifecycle_policy=policy, aws_ebs_volume=volume)], {}, TODAY)

    assert [path for path, _ in found] == ["aws_ebs_volume.x"]


def test_where_the_app_is_everything_a_selection_has_to_find_something():
    document = app(aws_backup_plan={}, aws_backup_selection=SELECTION | {"resources": ["arn:aws:rds:*"]})

    assert gaps([document], {}, TODAY) == []
    assert gaps([document], {}, TODAY, whole=True) == [("aws_backup_selection.x", "finds nothing in this app")]


def test_leaving_out_is_by_whole_steps_of_the_path():
    document = app(aws_s3_bucket={"bucket": "b", "//": {"metadata": {"path": "shop/Cached"}}})
    left = {"shop/Cache": LeftOut("made again from others", TODAY)}

    assert [path for path, _ in gaps([document], left, TODAY)] == ["shop/Cached"]
