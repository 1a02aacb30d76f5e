"""`holdfast restore`: planned, shown, approved by a second person, run, verified, recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from holdfast.cli.settings import Settings, shared_options

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group
def command() -> None:
    """Restore in a controlled way: plan, approve, run, status.

    \b
    Example:
      holdfast restore plan prod --dataset exports --tenant acme --to ./quarantine/acme --out plan.json
      holdfast restore approve prod plan.json --digest 3f2a… --out approval.json     # a second person
      holdfast restore run prod plan.json --approval approval.json --mfa-serial arn:aws:iam::…:mfa/ada
      holdfast restore status prod
    """


@command.command("plan")
@click.argument("environment", metavar="ENV")
@click.option("--dataset", metavar="D", help="Restore this dataset.")
@click.option("--tenant", metavar="T", help="Restore this tenant: of one dataset, or of all that have tenants.")
@click.option("--all", "everything", is_flag=True, help="Restore the whole environment.")
@click.option("--to", "target", metavar="TARGET", required=True, help="A directory, or s3://bucket/prefix.")
@click.option("--to-region", metavar="R", help="Region of the target bucket.  [default: the Region restored from]")
@click.option("--region", metavar="R", help="Region to restore from.  [default: the recovery Region]")
@click.option("--set", "set_id", metavar="SET", help="This backup set; by default the newest that counts.")
@click.option("--before", metavar="TIME", help="The newest set captured then or earlier, such as 2026-11-22T02:00:00Z.")
@click.option("--overwrite", is_flag=True, help="Files of the target with other content may be replaced.")
@click.option("--without", multiple=True, metavar="GLOB", help="Leave these paths out; may be given again.")
@click.option("--reason", default="", help="Why, for the approver and the record.")
@click.option("--as", "person", metavar="NAME", help="In a sandbox: as this made-up person.")
@click.option("--out", type=_FILE, default=Path("restore-plan.json"), show_default=True, help="The plan's file.")
@shared_options
def plan_command(settings: Settings, environment: str, out: Path, **options: Any) -> None:
    """Choose the sets, look at the target, and write what would be created, overwritten and left.

    Nothing is restored. What is approved is the plan's digest: tell it to the approver by another way than the file.

    \b
    Example:
      holdfast restore plan prod --dataset exports --to /srv/exports-restored --reason "INC-1234"
      holdfast restore plan prod --tenant acme --to s3://acme-quarantine/acme --before 2026-11-21T18:00:00Z
    """
    from holdfast.cli.restore_view import plan_text
    from holdfast.cli.restoring import planned
    from holdfast.restore.plan import write_plan

    plan = planned(settings, environment, options)
    write_plan(plan, out)
    settings.human.print(plan_text(plan), markup=False, soft_wrap=True)
    if settings.as_json:
        settings.print_json("holdfast.restore-planned/1", path=str(out), sha256=plan.digest, plan=plan.document())
    else:
        click.echo(plan.digest)


@command.command("approve")
@click.argument("environment", metavar="ENV")
@click.argument("plan_path", metavar="PLAN", type=_FILE)
@click.option("--digest", required=True, help="The plan's digest, or its first 12 digits or more, as you were told it.")
@click.option("--valid-for", metavar="DURATION", default="4h", show_default=True, help="How long the plan may be run.")
@click.option("--not-before", metavar="TIME", help="From when, such as 2026-11-22T02:00:00Z.  [default: now]")
@click.option("--kms", "kms_key", metavar="KEY", help="Sign with this KMS key; by default with this machine's own key.")
@click.option("--comment", default="", help="Anything to have on record.")
@click.option("--as", "person", metavar="NAME", help="In a sandbox: as this made-up person.")
@click.option("--out", type=_FILE, default=Path("restore-approval.json"), show_default=True, help="The file.")
@shared_options
def approve_command(settings: Settings, environment: str, plan_path: Path, out: Path, **options: Any) -> None:
    """Approve a plan, as somebody else than who made it and who will run it.

    The approval is for this plan, to the byte, and for a window of time. The environment file says who may approve,
    and with which key (`restore.approvers`).

    \b
    Example:
      holdfast restore approve prod restore-plan.json --digest 3f2a91c07b1d --valid-for 2h
    """
    from holdfast.cli.restore_view import plan_text
    from holdfast.cli.restoring import approval_of
    from holdfast.restore.approval import write_approval
    from holdfast.restore.plan import read_plan

    plan = read_plan(plan_path)
    settings.human.print(plan_text(plan), markup=False, soft_wrap=True)
    data, document = approval_of(settings, environment, plan, options)
    write_approval(data, out)
    if settings.as_json:
        settings.print_json("holdfast.restore-approved/1", path=str(out), plan_sha256=plan.digest, **document)
    settings.human.print(f"approved by {document['approver']} until {document['not_after']}: {out}", soft_wrap=True)


@command.command("run")
@click.argument("environment", metavar="ENV")
@click.argument("plan_path", metavar="PLAN", type=_FILE)
@click.option("--approval", type=_FILE, help="The second person's approval.")
@click.option("--mfa-serial", metavar="ARN", envvar="HOLDFAST_MFA_SERIAL", help="Your MFA device.")
@click.option("--mfa-code", metavar="CODE", help="The code it shows now; asked for when it is left out.")
@click.option("--idempotency-key", metavar="KEY", help="The restore this is.  [default: the plan's digest]")
@click.option("--as", "person", metavar="NAME", help="In a sandbox: as this made-up person.")
@click.option("--break-glass", is_flag=True, help="Without approval. Loud: recorded, reported, flagged.")
@click.option("--reason", default="", help="Why the glass is broken, and who decided.")
@shared_options
def run_command(settings: Settings, environment: str, plan_path: Path, **options: Any) -> int:
    """Run an approved plan. The same command again goes on where it was, or says how it came out.

    Everything is fetched beside the target and checked there first; what was erased on purpose is erased again, and
    revoked secrets and vulnerable configuration are refused. Exit codes: 0 restored and verified, 2 refused or not
    verified, 1 it could not go on (run it again).

    \b
    Example:
      holdfast restore run prod restore-plan.json --approval restore-approval.json --mfa-serial arn:aws:iam::…:mfa/ada
      holdfast restore run prod restore-plan.json --break-glass --reason "INC-1234, decided by the CTO" --mfa-serial …
    """
    from holdfast.cli.restore_view import show_restore
    from holdfast.cli.restoring import restored
    from holdfast.restore.state import SCHEMA

    state = restored(settings, environment, plan_path, options)
    show_restore(settings.human, state)
    if settings.as_json:
        settings.print_json(SCHEMA, **state.document())
    else:
        click.echo(f"{state.verdict} {state.restore_id}")
    return 0 if state.verdict == "PASSED" else 2


@command.command("status")
@click.argument("environment", metavar="ENV")
@click.argument("restore_id", metavar="[RESTORE]", required=False)
@shared_options
def status_command(settings: Settings, environment: str, restore_id: str | None) -> None:
    """Show one restore, or all of an environment: how far each is, who approved it, how it came out.

    \b
    Example:
      holdfast restore status prod
      holdfast restore status prod restore-1f0e9d8c7b6a5948 --json
    """
    from holdfast.cli.restore_view import show_restore, states_table
    from holdfast.restore.state import SCHEMA, read_state, states

    settings.load(environment)
    if restore_id is not None:
        state = read_state(settings.home, environment, restore_id)
        show_restore(settings.human, state)
        if settings.as_json:
            settings.print_json(SCHEMA, **state.document())
        return
    found = states(settings.home, environment)
    if settings.as_json:
        documents = [state.document() for state in found]
        settings.print_json("holdfast.restore-list/1", environment=environment, restores=documents)
    else:
        click.echo(states_table(found) if found else f"{environment}: nothing was restored from here")


@command.command("key")
@click.option("--kms", "kms_key", metavar="KEY", help="A KMS key; by default this machine's own key.")
@click.option("--environment", "environment", metavar="ENV", help="Environment to reach KMS for.")
@shared_options
def key_command(settings: Settings, kms_key: str | None, environment: str | None) -> None:
    """Print the id of the key you approve with, for `restore.approvers` of an environment file.

    \b
    Example:
      holdfast restore key
      holdfast restore key --kms alias/ada-approves --environment prod
    """
    from holdfast.cli.restoring import approving_key

    key = approving_key(settings, environment, kms_key).public_key
    if settings.as_json:
        settings.print_json("holdfast.restore-key/1", key=key.keyid, algorithm=key.algorithm, pem=key.pem.decode())
    else:
        click.echo(key.keyid)
