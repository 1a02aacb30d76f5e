"""Which resource types hold what would be missed, and what AWS Backup calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Stateful:
    """A type of resource that holds data.

    Args:
        arn: service and resource part of its ARN as `service:resource`, the name left out; nothing where AWS Backup
            does not serve the type, so that nothing can select it.
        name: the argument that ends the ARN, where it is known before apply.
        snapshots: what a snapshot policy (Data Lifecycle Manager) calls the type, where it serves it.
    """

    arn: str = ""
    name: str = ""
    snapshots: str = ""


STATEFUL: Mapping[str, Stateful] = {
    "aws_db_instance": Stateful("rds:db:", "identifier"),
    "aws_docdb_cluster": Stateful("rds:cluster:", "cluster_identifier"),
    "aws_dynamodb_table": Stateful("dynamodb:table/", "name"),
    "aws_ebs_volume": Stateful("ec2:volume/", snapshots="VOLUME"),
    "aws_efs_file_system": Stateful("elasticfilesystem:file-system/"),
    "aws_elasticache_cluster": Stateful(),
    "aws_elasticache_replication_group": Stateful(),
    "aws_elasticache_serverless_cache": Stateful(),
    "aws_fsx_lustre_file_system": Stateful("fsx:file-system/"),
    "aws_fsx_ontap_volume": Stateful("fsx:volume/"),
    "aws_fsx_openzfs_file_system": Stateful("fsx:file-system/"),
    "aws_fsx_windows_file_system": Stateful("fsx:file-system/"),
    "aws_instance": Stateful("ec2:instance/", snapshots="INSTANCE"),
    "aws_keyspaces_table": Stateful(),
    "aws_memorydb_cluster": Stateful(),
    "aws_msk_cluster": Stateful(),
    "aws_neptune_cluster": Stateful("rds:cluster:", "cluster_identifier"),
    "aws_opensearch_domain": Stateful(),
    "aws_rds_cluster": Stateful("rds:cluster:", "cluster_identifier"),
    "aws_redshift_cluster": Stateful("redshift:cluster:", "cluster_identifier"),
    "aws_s3_bucket": Stateful("s3:", "bucket"),
    "aws_timestreamwrite_table": Stateful("timestream:database/"),
}
"""By Terraform type.

Served or not: https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html; ARNs:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
Instances of a cluster (`aws_rds_cluster_instance`, …) hold nothing of their own: their cluster is looked at.
"""
