"""`holdfast evidence`: signed records listed and verified."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli.settings import Settings, shared_options


@click.group
def command() -> None:
    """List and verify signed evidence.

    \b
    Example:
      holdfast evidence list prod
      holdfast evidence verify .holdfast/evidence/prod --key prod.pem
    """


@command.command("list")
@click.argument("environment")
@shared_options
def list_command(environment: str, settings: Settings) -> int:
    """List the records of an environment that lie here.

    Each is verified on the way, with the keys beside it. One that does not verify is named, and the exit code is 2.

    \b
    Example:
      holdfast evidence list sandbox
    """
    from holdfast.cli.evidence_view import records_table, verification_text
    from holdfast.clock import SystemClock
    from holdfast.evidence.verification import records_of

    found = records_of(settings.home, environment, clock=SystemClock())
    if not (found.records or found.findings):
        settings.load(environment)
    if settings.as_json:
        settings.print_json("holdfast.evidence-list/1", environment=environment, **found.document())
    elif found.records:
        click.echo(records_table(found))
    settings.human.print(verification_text(found, environment), markup=False, soft_wrap=True)
    return 2 if found.findings else 0


@command.command()
@click.argument("path", metavar="PATH")
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Public key to trust (PEM, or JSON with a validity). May be given more than once.",
)
@click.option("--head", metavar="DIGEST", help="Digest of a record that must be among these, noted elsewhere.")
@click.option(
    "--subjects", type=click.Path(path_type=Path, file_okay=False), help="Folder with the files they speak of."
)
@click.option("--store", is_flag=True, help="PATH is an environment: compare with its locked bucket as well.")
@shared_options
def verify(
    path: str, settings: Settings, *, keys: tuple[Path, ...], head: str | None, subjects: Path | None, store: bool
) -> int:
    """Verify a record, or a folder of records with their chain.

    Needs the files and a public key, and no network unless --store is given. Without --key the keys in the same
    folder are used: that shows that nothing was changed, not who signed.

    \b
    Exit codes: 0 everything verifies; 2 something does not; 3 there is no record; 1 it could not be tried.

    \b
    Example:
      holdfast evidence verify .holdfast/evidence/prod --key prod.pem
      holdfast evidence verify 00000007.json --key prod.pem --subjects pack/
      holdfast evidence verify prod --store --key prod.pem
    """
    from holdfast.cli.evidence_view import verification_text
    from holdfast.clock import SystemClock
    from holdfast.evidence.keys import read_trusted_key
    from holdfast.evidence.verification import Wanted, verify

    trusted, clock = [read_trusted_key(each) for each in keys], SystemClock()
    wanted = Wanted.of(head=head, subjects=subjects)
    if store:
        from holdfast.evidence.store_comparison import compare_environment

        result = compare_environment(settings.load(path), settings.home, keys=trusted, wanted=wanted, clock=clock)
    else:
        result = verify(Path(path), keys=trusted, wanted=wanted, clock=clock)
    if settings.as_json:
        settings.print_json("holdfast.evidence-verify/1", path=path, **result.document())
    settings.human.print(verification_text(result, path), markup=False, soft_wrap=True)
    return 0 if result.good else 2
