"""Where the configuration lies that AWS does not know of: environment files, their repository, Terraform state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from holdfast.aws.sessions import Sessions
from holdfast.aws.translate import code_of, translated
from holdfast.environments.loading import load_environment
from holdfast.environments.model import StateBackend


@dataclass(frozen=True)
class Sources:
    """Where to look.

    Args:
        environment_files: folder of the environment files.
        local_states: folder of the state files kept on this machine.
    """

    environment_files: Path
    local_states: Path


def files_of(name: str, folder: Path) -> dict[str, bytes]:
    """An environment's own file and all it extends, by name.

    Raises:
        EnvironmentFileError: one of them cannot be read any more.
    """
    return {path.name: path.read_bytes() for path in load_environment(name, folder).files}


def states_of(sessions: Sessions, folder: Path) -> dict[str, bytes | None]:
    """The state of each stack, from its S3 backend or from this machine; None for a stack without one.

    Raises:
        ServiceError: the state bucket refuses or does not answer.
    """
    environment, names = sessions.environment, sessions.names
    if environment.state is None or environment.sandbox:
        paths = {names.stack(part): folder / f"{names.stack(part)}.tfstate" for part in names.parts}
        return {stack: path.read_bytes() if path.is_file() else None for stack, path in paths.items()}
    return {names.stack(part): _from_bucket(sessions, environment.state, part) for part in names.parts}


def _from_bucket(sessions: Sessions, state: StateBackend, part: str) -> bytes | None:
    key = f"{sessions.environment.environment}/{part}.tfstate"
    with translated(f"read the state of {part}"):
        try:
            body: bytes = sessions.client("s3", state.region).get_object(Bucket=state.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "404"):
                return None
            raise
    return body
