"""The part of docs/sandbox.md on the sandbox's own EBS, its tables from the code."""

from __future__ import annotations

from holdfast.sandbox.ebs_service.apis import DIRECT, EC2
from holdfast.sandbox.ebs_service.faults import MEANING, Work
from holdfast.sandbox.service.damage import Damage

_SECTION = """\
## EBS

`holdfast.sandbox.ebs_service` serves the EBS direct APIs, and EC2's operations on snapshots and volumes; every other
call of EC2 it hands on to ministack as it came. What holds there:

- **Blocks.** A snapshot has real blocks of 512 KiB with their SHA-256, written with `PutSnapshotBlock` and kept on
  disk in the folder of the run. They follow: a volume made of a snapshot holds its blocks, a snapshot of that volume
  the volume's, a copy in another Region the copied ones. `ListChangedBlocks` tells snapshots of one lineage apart.
- **Keys.** Volumes and snapshots are under the key they are made with or inherit; a copy needs the source's key and one
  of its own Region. A key that is missing, disabled or of another Region ends in state `error` with AWS's reason, and
  what is under such a key is not read.
- **States, locks, tiers, sharing.** `pending` and `error` with a reason, snapshot locks (nobody deletes a locked
  snapshot), the archive tier, permissions to make volumes; an encrypted snapshot is never public.
- **IAM.** Every call is put to ministack's IAM as it came, on the snapshots and volumes it makes or uses, with
  their tags (`aws:RequestTag`, `aws:ResourceTag`, `ec2:CreateAction`, `ec2:Encrypted`). *The caller's right to use the
  key is not tried.* Calls handed on to ministack know none of these.

What differs from AWS: nothing writes to a volume but making it of a snapshot, since no instance runs; all is done at
once unless a fault delays it; snapshots are not shared between accounts, though permission for it is kept.

```
holdfast sandbox seed sandbox --dataset disks    a volume with an ext4 file system, its snapshot, its copy
holdfast sandbox fault --service ebs '{{"effect": "damage", "job": "copy", "how": "swap"}}'
```

| effect | what happens to {works} |
|---|---|
{faults}

`how` blocks are damaged: {damages}. Served: {operations}.

"""


def ebs_section() -> str:
    """The section."""
    return _SECTION.format(
        works=", ".join(f"a `{each}`" for each in Work),
        faults="\n".join(f"| `{effect}` | {meaning} |" for effect, meaning in MEANING.items()),
        damages=", ".join(f"`{each}`" for each in Damage),
        operations=", ".join(f"`{name}`" for name in (*DIRECT, *EC2)),
    )
