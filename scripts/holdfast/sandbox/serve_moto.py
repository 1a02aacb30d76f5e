"""Run moto on one loopback port: `python -m holdfast.sandbox.serve_moto PORT`, with two answers Terraform asks for.

moto reads the resource out of a ListTags request as boto3 spells it, with a slash at the end; the provider spells it
without, was told of no tags, and set them anew in every plan. And a vault that may be destroyed with what is in it is
asked for its recovery points first, which moto does not list: it makes none.
"""

from __future__ import annotations

import json
import sys
from urllib.parse import unquote

from holdfast.sandbox.ports import LOOPBACK


def main(port: str) -> None:
    """Serve until SIGTERM."""
    from moto.server import main as serve

    complete()
    serve([f"--host={LOOPBACK}", f"--port={port}"])


def complete() -> None:
    """Give moto's AWS Backup the two answers."""
    from moto.backup import urls
    from moto.backup.responses import BackupResponse

    def list_tags(self: BackupResponse) -> str:
        resource = unquote(self.path.partition("/tags/")[2]).rstrip("/")
        return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=resource)})

    def list_recovery_points_by_backup_vault(self: BackupResponse) -> str:
        vault = unquote(self.path.partition("/backup-vaults/")[2].partition("/")[0])
        self.backup_backend.describe_backup_vault(vault)  # moto's own error when there is none
        return json.dumps({"RecoveryPoints": []})

    BackupResponse.list_tags = list_tags  # type: ignore[method-assign]  # the patch is the point
    BackupResponse.list_recovery_points_by_backup_vault = list_recovery_points_by_backup_vault  # type: ignore[attr-defined]
    for end in ("", "/"):
        urls.url_paths[f"{{0}}/backup-vaults/(?P<name>[^/]+)/recovery-points{end}$"] = BackupResponse.dispatch


if __name__ == "__main__":
    main(*sys.argv[1:])
