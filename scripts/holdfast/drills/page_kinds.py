"""What the page about drills says of the kinds that build on object recovery or ask services instead."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.capture.questions import PARAMETER_FIELDS, QUESTIONS, SECRET_FIELDS
from holdfast.drills.access_control.attempts import ATTEMPTS, ROLES
from holdfast.drills.due.duties import FULL_SIMULATION, OF_THE_ENVIRONMENT, RESTORED_BY
from holdfast.drills.replication.kind import LIMIT

_PAGE = """## Configuration

`holdfast capture ENV` asks AWS, as the caller and in both Regions, how the environment is set up, and pushes the
answers as a backup set of the dataset of kind `configuration`, with the environment files, the Terraform state and a
git bundle of the repository. It asks for metadata only and never for a value:

{questions}

Of a secret it keeps {secret_fields}; of a parameter {parameter_fields}. **Terraform state is redacted**, because a
backup set is locked for years and read by whoever may restore: a secret in it could not be taken back. Taken out are
sensitive outputs and attributes, attributes whose name says so, resources made to hold a secret, private data of
providers, and each of these values wherever else it stands. A state that cannot be read stops the capture. What looks
like a key, a token or a password in a tag or description is taken out as well. The bundle holds what is committed,
whatever that is: keep secrets out of commits. What cannot be asked is listed in the set, and the exit code is 3. The
account asked is the caller's; capture the backup account by calling from it.

The drill restores the newest capture and asks three things: is it whole (as any set); can it be used (the files
resolve to what is declared now, the bundle can be cloned, the states can be read); and is it what is live. Each
difference is named by resource and setting, never by value, and fails the drill: capture again, or put it back. A
partial capture is inconclusive. In `region_loss` only the recovery Region is asked.

## Tenant

One tenant's newest set is restored into the scratch folder, its quarantine. Every file there is compared with every
other tenant's newest set by its SHA-256; a file that all other tenants, two or more, hold alike is nobody's own. Then
a session that may read this tenant only, by a session policy in the patterns of the restore operator's role, reaches
for the other tenants and for the dataset as a whole: read, list, write, delete. IAM must refuse each, and must not
refuse the tenant's own set. Not shown by it: that two tenants' data differ where they share a file.

Of a DynamoDB dataset a whole table is restored by point-in-time recovery, as the drill `dynamodb` does, and the
tenant's items are taken into a second table, the quarantine. Declared is `by: key` with a `pattern` of the partition
key, or `by: attribute` with a `field`; a field beside a key is checked as well. Every item in quarantine is read anew
and counted by what is wrong: under another key, naming another tenant, naming none. The tenant's items have to be
those of the restored table, no more and no fewer. Both tables are deleted. Of a PostgreSQL dataset the quarantine is
a [database of its own](postgres.md#one-tenant). In both the check tells table and count, never a row. A tenant that is
not there leaves the drill inconclusive; RDS, Aurora and EBS hold tenants nobody here takes apart, and are refused.

## Key loss

In a sandbox the primary key is disabled, and enabled again at the end, by a sweep, or when the drill is resumed. KMS
is asked: the lost key must open nothing, the recovery key must open what it sealed, and neither Region must open what
the other one sealed. **An emulator's S3 never asks KMS, and in production no drill switches a key off.** There a guard
stands for it: an answer of S3 or KMS that took the lost key, as the answer itself says, is held back, listed, and
fails the drill. The key of up to 2000 objects is looked at in each Region, and each set that is committed under the
lost key must count in the recovery Region too. `--scenario key_loss` puts any restore under the same guard.

Not covered: the evidence bucket has no copy under another key; the records on the machines that made them are one.

## Replication

Three canaries are written below `streams/` in the primary Region, as the caller, and read in the recovery Region until
they are there: the lag is the time between, measured, with {limit} minutes as the limit or a tier's shorter
`rpo.region_loss`. Replicas must hold the same bytes, version, lock, and the recovery Region's own key, and be written
by replication. What the source says (`PENDING`, `FAILED`) is recorded and never believed. The newest 200 objects below
`streams/` are then looked for; one that failed, or is pending for longer than the limit, fails the drill, and the
recovery point is the newest object that is really there. The emulator's replicas carry neither lock nor version id and
keep the source's key: in a sandbox that check is skipped with this reason.

## Access control

{roles} each try what is not their work, and the caller tries to take on the elevated roles without a second factor.
An attempt that is accepted fails the drill; so does one that only the lock refused. Attempts do no harm where they are
accepted: they write what is there already, name what does not exist, or delete a locked canary. Those that would harm
are made in a sandbox only, and undone.

{attempts}

AWS Backup is not among them. A role that is not there is listed and skipped; one that is there and cannot be taken on
leaves the drill inconclusive.

## Region loss

Runs another kind (`--of`, by default object-recovery) with every call to the primary Region and its buckets stopped:
any kind that lists `region_loss` among its scenarios. One stopped call fails the drill.

## Game day

```yaml
name: quarterly
rto: 4h                      # for all of it, from the declaration to the last verification
steps:
  - name: setup
    kind: region-loss
    of: configuration
  - name: files
    kind: object-recovery
    dataset: exports
    tenant: acme             # dataset, tenant, scenario and sample as for a drill of its own
    scenario: region_loss
    after: [setup]
```

```
holdfast drill run prod game-day --file game-day.yaml --confirm prod
```

Each step is a drill with a record of its own; the game day's record names them. A step runs once all it is `after`
have passed, else it is not run, and the day cannot pass. One clock runs over all of it. A mistake in the file is one
error with file and line, before anything is run. Killed anywhere, `--resume` goes on with the step that was running,
as the drill it was, and repeats none that ended.

## What is overdue

`holdfast drill due ENV` weighs what is owed against evidence that verifies, and exits with 2 when something is
overdue; `--json` prints [one document](schemas/drill-due.schema.json). Owed are, as often as `drill_every` of the
tier says: a restore of each dataset ({restored_by}), `tenant` where a dataset of files, a table or a PostgreSQL server
has tenants, `key-loss` where its tier declares an objective for it; and for the environment, as often as the
strictest tier says, {environment}; and a game day every {year} days. Never run is overdue, and so is a drill whose
last run failed. `--store` also reads
the locked evidence bucket; `--publish-metric` publishes the number as `Holdfast/DrillsOverdue` (dimension
`Environment`), zero included, for the alarm that treats silence as a failure, and as `Holdfast/RecoveryPointAge`
(dimensions `Environment`, `Dataset`) how many seconds ago the newest moment is that each dataset with an objective can
be restored to: the newest set that counts in both Regions, the newest complete point of AWS Backup, what DynamoDB and
RDS say of their own continuous backup, the newest log in an archive; of several resources the one that is worst off.
What is not known is not published, and said. Turn the alarms on with `watch.drills_reported` (publish at least daily)
and `watch.ages_reported` (at least hourly). A PostgreSQL server that nobody writes to archives nothing, and ages.

**Sampling that remembers.** With `--rotate` a drill takes the Region, the backup set and, with `--sample`, the files
that were proved longest ago, never proved ones first, equals at random by the recorded seed. An older set is restored
as if the disaster had come when the next one was captured. What was proved lies beside the journals in
`proved.sqlite`; without it drills begin anew. The record states the method, how many files were never proved before,
and beside the drill's own chance `1 - (1 - f)^n` the chance of all drills so far together.

Every verifier is itself tested against damaged restores: [kill rate](kill-rate.md).
"""


def kinds_page() -> str:
    """The sections, their lists from the tables the drills use."""
    return _PAGE.format(
        questions="\n".join(
            f"- {folder}: {', '.join(each.name.replace('-', ' ') for each in QUESTIONS if each.folder == folder)}"
            for folder in dict.fromkeys(each.folder for each in QUESTIONS)
        ),
        secret_fields=_code(sorted(SECRET_FIELDS)),
        parameter_fields=_code(sorted(PARAMETER_FIELDS)),
        limit=int(LIMIT.total_seconds() // 60),
        roles=_code(ROLES).replace(", `auditor`", " and `auditor`"),
        attempts="\n".join(
            f"- `{each.call}`{' (sandbox only)' if each.sandbox_only else ''}: {', '.join(each.roles)}"
            for each in ATTEMPTS
        ),
        restored_by=_code(dict.fromkeys(kinds[0] for kinds in RESTORED_BY.values())),
        environment=_code(OF_THE_ENVIRONMENT),
        year=FULL_SIMULATION.days,
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
