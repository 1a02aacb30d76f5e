"""No Terraform address changes unseen: a changed one replaces a bucket full of backups."""

from __future__ import annotations

import pytest
from stack_ground import ENVIRONMENTS, GOLDEN

from holdfast.stacks.addresses import addresses, listing

REGENERATE = "python -m holdfast.stacks {0} --addresses > tests/test_stacks/golden/{0}.txt"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_addresses_are_the_golden_ones(synthesized, name):
    listed = listing((stack.name, stack.configuration) for stack in synthesized(name).stacks)

    assert listed == (GOLDEN / f"{name}.txt").read_text(), (
        "Terraform addresses changed. What has a new address is destroyed and made anew. If that is meant (and `moved` "
        f"blocks or `terraform state mv` are planned for what holds data): {REGENERATE.format(name)}"
    )


def test_every_golden_list_belongs_to_an_environment():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(ENVIRONMENTS)


OF_DATASETS = (
    ".Plan-",
    ".Snapshots-",
    ".RecycleBin_",
    ".RestoreTests_Test-",
    ".CopyKey_",
    ".Elsewhere-",
    ".AirGappedVault_",
    ".StreamWriter_",
    ".SnapshotRestorer_",
)
"""What is declared for some datasets and not for others."""
ASKED_FOR = (".Audit_", ".Report-", ".RegionSettings", "_Notifications_", ".RestoreRole_")
"""What is declared where an environment asks for it, names somebody to be told, or has a backup account of its own."""
NOT_EVERYWHERE = ("-watch ", "-recovery-access ")
"""The stacks that are there only where somebody is named to be told, and declare an alarm for each dataset; and the one
that is there only where the backup account is another."""


def test_environments_differ_in_values_and_datasets_not_in_other_addresses():
    lists = {
        tuple(
            line.partition(" ")[2]
            for line in (GOLDEN / f"{name}.txt").read_text().splitlines()
            if not any(mark in line for mark in (*OF_DATASETS, *ASKED_FOR))
            and not any(stack in line for stack in NOT_EVERYWHERE)
        )
        for name in ENVIRONMENTS
    }

    assert len(lists) == 1


def test_a_renamed_construct_is_noticed(tmp_path):
    configuration = tmp_path / "cdk.tf.json"
    configuration.write_text('{"resource": {"aws_s3_bucket": {"Vault_23237E5B": {}}, "aws_kms_key": {"Key_1": {}}}}')

    assert addresses(configuration) == ["aws_kms_key.Key_1", "aws_s3_bucket.Vault_23237E5B"]


def test_a_stack_without_resources_has_no_addresses(tmp_path):
    (tmp_path / "cdk.tf.json").write_text("{}")

    assert addresses(tmp_path / "cdk.tf.json") == []
