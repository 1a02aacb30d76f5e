"""Where PostgreSQL's programs are."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.postgres.errors import PostgresNotFound

VARIABLE = "HOLDFAST_POSTGRES_BIN"
"""Names the folder of the programs where they lie in none of the usual places."""
_PLACES = ("/usr/lib/postgresql", "/usr/pgsql-", "/opt/homebrew/opt/postgresql@", "/usr/local/opt/postgresql@")
_NEEDED = ("postgres", "pg_ctl", "initdb", "pg_controldata", "pg_amcheck")


@dataclass(frozen=True)
class Binaries:
    """The programs of one major version.

    Args:
        folder: where they lie.
        major: the major version, such as 15; None when the folder was named and does not tell.
    """

    folder: Path
    major: int | None

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)


def find_binaries(major: int | None = None, environ: Mapping[str, str] = os.environ) -> Binaries:
    """The programs of a major version, or of the newest one there is.

    Args:
        major: the version a data folder needs; a server of another one cannot read it.
        environ: may name the folder.

    Raises:
        PostgresNotFound: naming the places that were looked in.
    """
    found = [each for each in _candidates(environ) if (each.folder / "postgres").is_file()]
    fit = [each for each in found if major is None or each.major in (major, None)]
    whole = [each for each in fit if all((each.folder / name).is_file() for name in _NEEDED)]
    if whole:
        return whole[0]
    program = "postgres" if not fit else next(name for name in _NEEDED if not (fit[0].folder / name).is_file())
    looked = environ.get(VARIABLE) or ", ".join([*(f"{place}…" for place in _PLACES), "PATH"])
    raise PostgresNotFound(wanted=major or "15", program=program, looked=looked)


def _candidates(environ: Mapping[str, str]) -> Iterator[Binaries]:
    """The folder that was named and no other; else the usual places, the newest version first, then PATH."""
    if environ.get(VARIABLE):
        yield _binaries(Path(environ[VARIABLE]))
        return
    folders = [Path(place).parent.glob(f"{Path(place).name}*") for place in _PLACES[1:]]
    versions = [*Path(_PLACES[0]).glob("*"), *(folder for each in folders for folder in each)]
    yield from sorted((_binaries(each / "bin") for each in versions), key=lambda each: -(each.major or 0))
    on_path = shutil.which("postgres", path=environ.get("PATH"))
    if on_path:
        yield _binaries(Path(on_path).resolve().parent)


def _binaries(folder: Path) -> Binaries:
    version = re.search(r"postgresql(?:@|/)([0-9]{2})|pgsql-([0-9]{2})", str(folder))
    return Binaries(folder, int(version[1] or version[2]) if version else None)
