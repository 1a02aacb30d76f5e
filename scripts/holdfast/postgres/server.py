"""A server on this machine, reached through a socket in a private folder and through nothing else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.clock import Clock
from holdfast.postgres.binaries import Binaries
from holdfast.postgres.errors import FolderNotUsable, PostgresFailed, ServerNotStarted
from holdfast.postgres.server_user import ServerUser

SUPERUSER = "postgres"
_POLL_SECONDS = 0.05
_STOP_SECONDS = 60
_TAIL = 12
_GRAVE = ("FATAL:", "PANIC:", "ERROR:", "LOG:  invalid")
_STATUS_LINE = 7
"""In `postmaster.pid`, counted from 0: what `pg_ctl` reads as well (pidfile.h, LOCK_FILE_LINE_PM_STATUS)."""


@dataclass(frozen=True)
class Server:
    """One server and its files.

    Args:
        folder: its private folder: `data/`, `run/` with the socket, `server.conf`, `server.log`.
        binaries: the programs of its version.
        user: whom it runs as.
        superuser: the role Holdfast connects as; the only one let in.
    """

    folder: Path
    binaries: Binaries
    user: ServerUser
    superuser: str = SUPERUSER

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """The folder of the socket: libpq's `host`."""
        return self.folder / "run"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    def initialize(self) -> None:
        """Make a new cluster, with page checksums.

        Raises:
            PostgresFailed: `initdb` failed.
        """
        options = ("--data-checksums", "--encoding=UTF8", "--locale=C", f"--username={self.superuser}", "--auth=reject")
        self.run("initdb", "-D", str(self.data), *options)

    def run(self, program: str, *arguments: str, timeout: float = 600) -> str:
        """Run one of the programs as the server's user and return what it printed.

        Raises:
            PostgresFailed: it did not succeed, with the end of what it said.
        """
        command = [self.binaries.program(program), *arguments]
        try:
            done: subprocess.CompletedProcess[str] = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                check=False,
                cwd="/",
                env=_environment(),
                **self.user.as_user(),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PostgresFailed(program=program, problem=error) from error
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise PostgresFailed(program=program, problem="; ".join(said) or f"exit code {done.returncode}")
        return done.stdout

    def configure(self, settings: Mapping[str, str]) -> None:
        """Write the configuration: these settings, no TCP, one role through the socket for the caller alone.

        Raises:
            FolderNotUsable: it cannot be written.
        """
        ours = {
            "data_directory": str(self.data),
            "hba_file": str(self.folder / "hba.conf"),
            "ident_file": str(self.folder / "ident.conf"),
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "port": "5432",
        }
        users = dict.fromkeys((_name_of(os.geteuid()), self.user.name))
        files = {
            "server.conf": "".join(f"{name} = {_quoted(value)}\n" for name, value in {**settings, **ours}.items()),
            "hba.conf": f'local all "{self.superuser}" peer map=holdfast\n',
            "ident.conf": "".join(f'holdfast "{name}" "{self.superuser}"\n' for name in users),
        }
        try:
            self.socket.mkdir(mode=0o700, exist_ok=True)
            self.user.own(self.socket)
            for name, text in files.items():
                (self.folder / name).write_text(text, encoding="utf-8")
                self.user.own(self.folder / name)
        except OSError as error:
            raise FolderNotUsable(path=self.folder, problem=error.strerror) from error

    def start(self, clock: Clock, *, seconds: float) -> None:
        """Start it, detached from this process, and return once it takes connections: after recovery and promotion.

        Args:
            clock: time.
            seconds: how long it may take.

        Raises:
            ServerNotStarted: it ended, or took longer, with the end of its log.
        """
        process = self._spawn()
        deadline = clock.monotonic() + seconds
        while self.status() != "ready":
            if process.poll() is not None:
                raise ServerNotStarted(folder=self.data, problem=self.last_words(), log=self.log)
            if clock.monotonic() >= deadline:
                self.stop()
                problem = f"it takes no connection after {seconds:.0f} s; {self.last_words()}"
                raise ServerNotStarted(folder=self.data, problem=problem, log=self.log)
            clock.sleep(_POLL_SECONDS)
        process.returncode = 0  # it is meant to outlive this object; `stop` ends it

    def _spawn(self) -> subprocess.Popen[bytes]:
        try:
            descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise FolderNotUsable(path=self.log, problem=error.strerror) from error
        try:
            return subprocess.Popen(
                [self.binaries.program("postgres"), f"--config-file={self.folder / 'server.conf'}"],
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.user.as_user(),
            )
        except OSError as error:
            raise ServerNotStarted(folder=self.data, problem=error.strerror, log=self.log) from error
        finally:
            os.close(descriptor)

    def status(self) -> str | None:
        """What the server says of itself in `postmaster.pid`: starting, ready, stopping; None without that file."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
        return lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else "starting"

    def stop(self, *, at_once: bool = False) -> None:
        """End it, whoever started it: orderly, else at once. Nothing happens when it does not run.

        `pg_ctl` runs as the server's user, so a pid that is somebody else's by now is not touched.

        Args:
            at_once: do not try it orderly; an orderly end waits until everything is archived.

        Raises:
            PostgresFailed: it cannot be ended.
        """
        if self.status() is None or (not at_once and self._ended("fast")):
            return
        if not self._ended("immediate") and self.status() is not None:
            raise PostgresFailed(program="pg_ctl stop", problem=f"the server in {self.data} does not end")

    def _ended(self, mode: str) -> bool:
        options = ("-D", str(self.data), "-m", mode, "-w", "-t", str(_STOP_SECONDS))
        try:
            self.run("pg_ctl", "stop", *options, timeout=_STOP_SECONDS + 10)
        except PostgresFailed as error:
            return any(word in str(error) for word in ("No such process", "Is server running?"))
        return True

    def last_words(self) -> str:
        """The last errors of its log, or its last lines."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-200:]
        except OSError:
            return "it left no log"
        grave = [line for line in lines if any(word in line for word in _GRAVE)]
        return (
            "; ".join(line.partition("] ")[2] or line for line in (grave[-2:] or lines[-_TAIL:])) or "its log is empty"
        )


def _environment() -> dict[str, str]:
    """No variable of the caller reaches a server, least of all a credential."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _name_of(uid: int) -> str:
    import pwd

    return pwd.getpwuid(uid).pw_name


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
