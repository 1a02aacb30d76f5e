"""The real AWS provider against the sandbox's AWS Backup: applied, planned to nothing, changed, destroyed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from terraform_ground import Stack

from holdfast import sandbox
from holdfast.terraform import Deployment, Terraform

pytestmark = [pytest.mark.terraform, pytest.mark.sandbox]

LAB = SimpleNamespace(environment="lab", sandbox=True)
TRUST = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
DENY = {"Effect": "Deny", "Principal": "*", "Action": ["backup:DeleteRecoveryPoint"], "Resource": "*"}
CHOSEN = {"key": "aws:ResourceTag/backup", "value": "exports"}
VAULT = "${aws_backup_vault.v.name}"
TYPES = (
    "Aurora",
    "CloudFormation",
    "DocumentDB",
    "DynamoDB",
    "EBS",
    "EC2",
    "EFS",
    "FSx",
    "Neptune",
    "RDS",
    "Redshift",
    "S3",
    "SAP HANA on Amazon EC2",
    "Storage Gateway",
    "Timestream",
    "VirtualMachine",
)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


RESOURCES = {
    "aws_kms_key": {"k": {}},
    "aws_iam_role": {"r": {"name": "backup", "assume_role_policy": policy(TRUST)}},
    "aws_sns_topic": {"t": {"name": "backup"}},
    "aws_s3_bucket": {"b": {"bucket": "backup-reports"}},
    "aws_backup_vault": {
        "v": {"name": "first", "kms_key_arn": "${aws_kms_key.k.arn}", "force_destroy": True, "tags": {"a": "b"}},
        "w": {"name": "second"},
    },
    "aws_backup_vault_lock_configuration": {
        "l": {"backup_vault_name": VAULT, "min_retention_days": 1, "max_retention_days": 30, "changeable_for_days": 3}
    },
    "aws_backup_vault_notifications": {
        "n": {
            "backup_vault_name": VAULT,
            "sns_topic_arn": "${aws_sns_topic.t.arn}",
            "backup_vault_events": ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED"],
        }
    },
    "aws_backup_vault_policy": {
        "p": {
            "backup_vault_name": VAULT,
            "policy": policy(DENY),
            "depends_on": ["aws_backup_vault_lock_configuration.l", "aws_backup_vault_notifications.n"],
        }
    },
    "aws_backup_plan": {
        "p": {
            "name": "plan",
            "rule": [
                {
                    "rule_name": "daily",
                    "target_vault_name": VAULT,
                    "schedule": "cron(0 2 * * ? *)",
                    "schedule_expression_timezone": "Europe/Berlin",
                    "lifecycle": {"delete_after": 2},
                    "recovery_point_tags": {"x": "y"},
                    "copy_action": [
                        {"destination_vault_arn": "${aws_backup_vault.w.arn}", "lifecycle": {"delete_after": 3}}
                    ],
                },
                {
                    "rule_name": "continuous",
                    "target_vault_name": VAULT,
                    "enable_continuous_backup": True,
                    "schedule": "rate(1 day)",
                    "start_window": 60,
                    "completion_window": 180,
                    "lifecycle": {"delete_after": 7},
                },
            ],
            "tags": {"t": "u"},
        }
    },
    "aws_backup_selection": {
        "tagged": {
            "plan_id": "${aws_backup_plan.p.id}",
            "name": "tagged",
            "iam_role_arn": "${aws_iam_role.r.arn}",
            "resources": ["arn:aws:s3:::*"],
            "condition": [{"string_equals": [CHOSEN]}],
        },
        "named": {
            "plan_id": "${aws_backup_plan.p.id}",
            "name": "named",
            "iam_role_arn": "${aws_iam_role.r.arn}",
            "resources": ["arn:aws:dynamodb:us-east-1:000000000000:table/x"],
            "not_resources": ["arn:aws:s3:::nope"],
            "selection_tag": [{"type": "STRINGEQUALS", "key": "a", "value": "b"}],
        },
    },
    "aws_backup_restore_testing_plan": {
        "p": {
            "name": "tests",
            "recovery_point_selection": {
                "algorithm": "LATEST_WITHIN_WINDOW",
                "include_vaults": ["${aws_backup_vault.v.arn}"],
                "recovery_point_types": ["SNAPSHOT"],
            },
            "schedule_expression": "cron(0 6 * * ? *)",
            "tags": {"q": "r"},
        }
    },
    "aws_backup_restore_testing_selection": {
        "s": {
            "name": "s3",
            "restore_testing_plan_name": "${aws_backup_restore_testing_plan.p.name}",
            "protected_resource_type": "S3",
            "iam_role_arn": "${aws_iam_role.r.arn}",
            "protected_resource_conditions": {"string_equals": [CHOSEN]},
            "validation_window_hours": 4,
        }
    },
    "aws_backup_framework": {
        "f": {
            "name": "framework",
            "description": "what is asked",
            "control": [
                {
                    "name": "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
                    "input_parameter": [{"name": "requiredRetentionDays", "value": "35"}],
                },
                {"name": "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", "scope": {"compliance_resource_types": ["EBS"]}},
            ],
            "tags": {"f": "g"},
        }
    },
    "aws_backup_report_plan": {
        "r": {
            "name": "report",
            "description": "what is told",
            "report_delivery_channel": {"formats": ["CSV", "JSON"], "s3_bucket_name": "${aws_s3_bucket.b.id}"},
            "report_setting": {"report_template": "RESTORE_JOB_REPORT"},
        }
    },
    "aws_backup_region_settings": {
        "s": {
            "resource_type_opt_in_preference": dict.fromkeys(TYPES, True),
            "resource_type_management_preference": {"DynamoDB": True, "EFS": True},
        }
    },
    "aws_backup_logically_air_gapped_vault": {
        "g": {"name": "gap", "min_retention_days": 7, "max_retention_days": 30, "tags": {"l": "m"}}
    },
}
CHANGES = (
    ("aws_backup_vault", "v", "tags", {"a": "c"}),
    ("aws_backup_vault_policy", "p", "policy", policy(DENY | {"Sid": "Changed"})),
    ("aws_backup_vault_notifications", "n", "backup_vault_events", ["BACKUP_JOB_FAILED"]),
    ("aws_backup_restore_testing_selection", "s", "validation_window_hours", 5),
    ("aws_backup_framework", "f", "description", "what is asked now"),
    ("aws_backup_report_plan", "r", "description", "what is told now"),
    ("aws_backup_plan", "p", "tags", {"t": "w"}),
)


@pytest.fixture
def home(tmp_path: Path):
    yield tmp_path / "home"
    sandbox.stop(tmp_path / "home")


def stack_of(folder: Path, resources: dict) -> Stack:
    made = Stack("lab-backup", folder).write()
    made.configuration |= {
        "provider": {"aws": [{"region": "us-east-1", "s3_use_path_style": True, "skip_metadata_api_check": True}]},
        "resource": resources,
    }
    made.configuration["terraform"]["required_providers"] = {
        "aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}
    }
    (made.directory / "cdk.tf.json").write_text(json.dumps(made.configuration))
    return made


def test_everything_is_applied_planned_to_nothing_changed_and_destroyed(home: Path, tmp_path: Path) -> None:
    sandbox.start(home)
    terraform = Terraform.find(home, progress=lambda _event: None, watch=sandbox.watch(home))

    def deployment(resources: dict) -> Deployment:
        return Deployment(LAB, (stack_of(tmp_path / "stack", resources),), terraform, trim=sandbox.without_omitted)

    first = deployment(RESOURCES)
    planned = first.plan()
    first.apply(planned)
    assert planned[0].omitted == ()
    assert planned[0].summary.counts == {"create": sum(len(each) for each in RESOURCES.values())}
    again = first.plan()[0].summary
    assert again.counts == {}, again.changes

    changed = copy.deepcopy(RESOURCES)
    for kind, label, argument, value in CHANGES:
        changed[kind][label][argument] = value
    second = deployment(changed)
    planned = second.plan()
    second.apply(planned)
    assert planned[0].summary.counts == {"update": len(CHANGES) - 1, "replace": 1}
    assert second.plan()[0].summary.counts == {}

    assert second.destroy() == ["lab-backup"]
