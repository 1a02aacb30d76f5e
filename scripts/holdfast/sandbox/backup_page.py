"""The part of docs/sandbox.md on the sandbox's own AWS Backup, its tables from the code."""

from __future__ import annotations

from holdfast.sandbox.backup_service.contents.reading import READ
from holdfast.sandbox.backup_service.faults import MEANING
from holdfast.sandbox.backup_service.protocol import aws_backup
from holdfast.sandbox.backup_service.served import SERVED
from holdfast.sandbox.service.damage import Damage

_SECTION = """\
## AWS Backup

`holdfast.sandbox.backup_service` speaks AWS Backup's own protocol, routed and checked by botocore's model of it, so
boto3, the `aws` command and Terraform's provider use it as they use AWS. What holds there:

- **Vaults, locks, policies.** The retention of a job or copy is held against the vault's lock, and the job fails
  outside it. Under a lock nobody deletes a recovery point or shortens its life, the root included; from the lock's
  date on nobody changes the lock. A vault's access policy is a resource policy: its Deny binds the root as well.
- **IAM.** Every call is put to ministack's IAM as it came: signature of the session's key, the caller's policies,
  permissions boundary and session policies, `iam:PassRole` for the role it hands over. The role itself has to exist and
  to trust `backup.amazonaws.com`. *What that role may do is not tried*: its permissions are AWS's managed policies,
  which the emulator does not have.
- **Content.** A recovery point of a bucket or a table holds its bytes or items as of the job; a restore writes them
  into a new bucket or table. The bucket needs versioning, as at AWS. EBS volumes become snapshots, with
  the [blocks](#ebs) they hold, and volumes again. Types with a content here: {read}; a job on any
  other type fails and says so.
- **Keys.** Each recovery point has a data key under its vault's key. When that key is disabled or scheduled for
  deletion, no restore and no copy out of the vault succeeds; the copy under the other Region's key still does.
- **Regions and accounts** are apart; a copy into another Region's vault is a copy job, with a key of that Region.
- **Expiry.** A recovery point is gone once its lifecycle says so.

What differs from AWS: schedules are not waited for (`holdfast sandbox run-plans` follows the plans now), there are no
continuous recovery points, restore testing plans and report plans are kept and never run, notifications are kept and
nobody is told, and cold storage costs nothing.

```
holdfast sandbox seed sandbox --dataset exports  make the bucket or table that holds the dataset
holdfast sandbox run-plans sandbox               follow every rule of every plan of the environment now, copies too
holdfast sandbox fault '{{"effect": "fail", "job": "restore", "message": "no capacity"}}'
holdfast sandbox fault --clear
```

### Faults

A fault has an `effect`; `job` (`backup`, `copy`, `restore`) or `operation`, and `resource` (an ARN pattern) say where
it strikes; `times` says how often, and without it it strikes until it is cleared.

| effect | what happens |
|---|---|
{faults}

`how` a restore is damaged: {damages}.

### Operations

{operations}

Any other operation of AWS Backup is answered with `NotImplemented`.
"""


def backup_section() -> str:
    """The section."""
    served = [name for name in aws_backup().operations if name in SERVED]
    return _SECTION.format(
        read=", ".join(READ),
        faults="\n".join(f"| `{effect}` | {meaning} |" for effect, meaning in MEANING.items()),
        damages=", ".join(f"`{each}`" for each in Damage),
        operations=", ".join(f"`{name}`" for name in served),
    )
