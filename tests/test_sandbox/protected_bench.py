"""AWS Backup with a clock of its own, working on the content of a real sandbox."""

from __future__ import annotations

import json
import secrets
import time

import boto3
from service_bench import OTHER, REGION, Bench

from holdfast.sandbox.service.clients import Clients

TRUST = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}


def client(endpoints, service, region=REGION, **credentials):
    """A boto3 client of the sandbox, as its root unless other credentials are given."""
    keys = {"aws_access_key_id": endpoints.access_key, "aws_secret_access_key": endpoints.secret_key} | credentials
    url = endpoints.url(service)
    return boto3.client(service, region_name=region, endpoint_url=url, verify=endpoints.ca_bundle, **keys)


def make_role(endpoints, *, trusts_backup=True):
    """A role, by its ARN."""
    trust = TRUST if trusts_backup else TRUST | {"Principal": {"Service": "ec2.amazonaws.com"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    name = f"role-{secrets.token_hex(4)}"
    return client(endpoints, "iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]


def make_bucket(endpoints, objects, *, versions=True):
    """A bucket with these objects, by its name."""
    s3, name = client(endpoints, "s3"), f"bucket-{secrets.token_hex(5)}"
    s3.create_bucket(Bucket=name)
    if versions:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for key, body in objects.items():
        s3.put_object(Bucket=name, Key=key, Body=body, ContentType="text/x-test", Metadata={"n": "1"}, Tagging="t=u")
    return name


class Protected(Bench):
    """A bench whose jobs read and write a sandbox."""

    def __init__(self, folder, home, endpoints):
        super().__init__(folder, Clients(home, endpoints.access_key, endpoints.secret_key, endpoints.ca_bundle))
        self.endpoints = endpoints
        self.role = make_role(endpoints)
        self.clock.sleep = lambda _: time.sleep(0.01)

    def settled(self, operation, key, job, region=REGION):
        """A job once it is over."""
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            told = self.ask(operation, region, **{key: job})
            told = told.get("CopyJob", told)
            if "CompletionDate" in told:
                return told
            time.sleep(0.02)
        raise AssertionError(f"{told} did not end in 240 s")

    def back_up(self, resource, vault="vault", **options):
        """Back up a resource; the job once it is over."""
        given = {"BackupVaultName": vault, "ResourceArn": resource, "IamRoleArn": self.role}
        job = self.ask("StartBackupJob", **given, **options)["BackupJobId"]
        return self.settled("DescribeBackupJob", "BackupJobId", job)

    def copy(self, point, target, **options):
        """Copy a recovery point out of `vault`; the job once it is over."""
        given = {"SourceBackupVaultName": "vault", "RecoveryPointArn": point, "IamRoleArn": self.role}
        job = self.ask("StartCopyJob", **given, DestinationBackupVaultArn=target, **options)["CopyJobId"]
        return self.settled("DescribeCopyJob", "CopyJobId", job)

    def restore(self, point, region=REGION, **metadata):
        """Restore a recovery point; the job once it is over."""
        given = {"RecoveryPointArn": point, "IamRoleArn": self.role, "Metadata": metadata}
        job = self.ask("StartRestoreJob", region, **given)["RestoreJobId"]
        return self.settled("DescribeRestoreJob", "RestoreJobId", job, region)


__all__ = ["OTHER", "REGION", "Protected", "client", "make_bucket", "make_role"]
