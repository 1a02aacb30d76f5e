"""Everything an environment can ask for is applied to the sandbox by real Terraform, and stays as it was applied."""

from __future__ import annotations

import pytest
from stack_ground import FOLDER

from holdfast import sandbox
from holdfast.environments.loading import load_environment
from holdfast.stacks.app import synthesize
from holdfast.terraform import Deployment, Terraform

pytestmark = [pytest.mark.terraform, pytest.mark.sandbox]

ASKED = """\
extends: sandbox
environment: whole
watch:
  runbook: https://wiki.acme.com/runbooks/backups
  escalation: Tell the platform channel.
  notify: [platform@acme.com]
  escalate_to: [platform-lead@acme.com]
  drills_reported: true
  ages_reported: true
aws_backup:
  opt_in: [Aurora, CloudFormation, DocumentDB, DynamoDB, EBS, EC2, EFS, FSx, Neptune, RDS, Redshift, S3,
    SAP HANA on Amazon EC2, Storage Gateway, Timestream, VirtualMachine]
  audit_manager: true
lock: {maximum: 40d}
tiers:
  spare:
    rpo: {corruption: 48h}
    rules:
      - name: daily
        schedule: cron(0 2 * * ? *)
        delete_after: 8d
        copy: {delete_after: 8d}
        air_gapped: {delete_after: 9d}
datasets:
  - name: metrics
    kind: ebs
    tier: spare
    select: {tags: {service: metrics}}
    snapshots: {copy_for: 7d}
"""
UPDATED_ONCE = {"aws_cloudtrail"}
"""What ministack returns whole only after it was updated once."""
NEVER_SERVED = {"aws_dlm_lifecycle_policy", "aws_rbin_rule"}


@pytest.fixture
def whole(tmp_path):
    """A sandbox environment that asks for everything."""
    folder = tmp_path / "environments"
    folder.mkdir()
    for shipped in FOLDER.glob("*.yaml"):
        (folder / shipped.name).write_text(shipped.read_text())
    (folder / "whole.yaml").write_text(ASKED)
    return load_environment("whole", folder).environment


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    sandbox.start(home, account="000000000000")
    yield home
    sandbox.stop(home)


def test_all_that_the_sandbox_serves_is_applied_and_stays_as_it_is(whole, home, tmp_path):
    # GIVEN all stacks of an environment that asks for everything
    stacks = synthesize(whole, tmp_path / "out")
    deployment = Deployment(whole, stacks, Terraform.find(home), trim=sandbox.without_omitted)

    # WHEN they are applied
    planned = deployment.plan()
    deployment.apply(planned)

    # THEN there is nothing left to do, and what was left out is named with its reason
    assert [stack.name for stack in planned] == [
        f"whole-{part}" for part in ("recovery-watch", "recovery", "watch", "primary", "access", "drill")
    ]
    changes = [change.address for stack in deployment.plan() for change in stack.summary.changes]
    assert {address.partition(".")[0] for address in changes} <= UPDATED_ONCE
    omitted = [each for stack in planned for each in stack.omitted]
    assert {each.type for each in omitted} >= NEVER_SERVED
    assert all(each.reason for each in omitted)
