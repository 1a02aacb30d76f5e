"""The part of docs/sandbox.md on the sandbox's own RDS, its tables from the code."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.sandbox.rds_service.automated import SHIP_SECONDS
from holdfast.sandbox.rds_service.faults import STATES, VOCABULARY, Damage
from holdfast.sandbox.rds_service.served import SERVED
from holdfast.sandbox.rds_service.world import MOST_INSTANCES
from holdfast.sandbox.service.query import Query

_SECTION = """\
## RDS

`holdfast.sandbox.rds_service` speaks RDS's own protocol, by botocore's model of it. An instance is a PostgreSQL server
of this machine on loopback; without PostgreSQL's programs the sandbox starts, and making an instance is refused with
`InsufficientDBInstanceCapacity`. What holds there:

- **Instances.** TLS with the certificate of the run, no connection without it; a master user who is no superuser;
  passwords are kept as SCRAM verifiers only. At most {most} at a time. The servers end with the sandbox, also when its
  process is killed: a keeper waits for that, and `holdfast sandbox stop` or `start` does it when both are killed.
- **Snapshots** are base backups of the running server. A copy into another Region is a copy of the files, under a key
  of that Region; without one, or under a key of another Region, it is refused.
- **Points in time** are replayed from a base backup and the log since. The log is shipped every {ship:.0f} seconds (at
  AWS: five minutes); `LatestRestorableTime` is what was shipped. Replicated automated backups are copies of both in the
  other Region, and are restored from there without the instance.
- **Keys.** Instance, snapshot and replicated backups each have a data key under their KMS key. When that is disabled,
  nothing under it is restored or copied. The bytes on this machine's disk are not encrypted.
- **IAM.** Every call is put to ministack's IAM, source, target and subnet group of a restore each, with the tags that
  are asked for (`aws:RequestTag`) and those the resource has (`aws:ResourceTag`). *The caller's right to use the key is
  not tried.*

What differs from AWS: the engine is PostgreSQL of this machine's version and no other; instance classes, maintenance,
parameter and option groups change nothing; backups are not made on a schedule and do not expire; AWS Backup does not
know of these instances. `holdfast sandbox seed ENV --dataset D` makes the instance of a dataset, writes into it, takes
a snapshot, and copies it under the environment's key of the recovery Region where that is applied.

```
holdfast sandbox fault --service rds '{{"effect": "fail", "job": "restore", "how": "storage-full"}}'
holdfast sandbox fault --service rds --clear
```

| effect | what happens |
|---|---|
{faults}

`job` is one of {jobs}. `how` a restore is damaged: {damages}; the state `fail` leaves an instance in: {states}.

Operations: {operations}. Any other operation of RDS is answered with `NotImplemented`; nothing is handed on to
ministack.
"""


def rds_section() -> str:
    """The section."""
    served = [name for name in Query("rds").operations if name in SERVED]
    return _SECTION.format(
        most=MOST_INSTANCES,
        ship=SHIP_SECONDS,
        faults="\n".join(f"| `{effect}` | {meaning} |" for effect, meaning in VOCABULARY.effects.items()),
        jobs=_code(VOCABULARY.jobs),
        damages=_code(Damage),
        states=_code(STATES),
        operations=_code(served),
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in names)
