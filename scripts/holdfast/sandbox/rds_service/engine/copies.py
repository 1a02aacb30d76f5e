"""Copies of a server's data: taken from the running server, kept in a folder, made into servers again."""

from __future__ import annotations

import shutil
from pathlib import Path

from holdfast.sandbox.rds_service.engine.cluster import Cluster
from holdfast.sandbox.rds_service.engine.ground import ADMIN, Ground


def copy_of(cluster: Cluster) -> Path:
    """A copy of a running server, usable by itself: a base backup with the log it needs.

    Raises:
        PostgresFailed: it cannot be made.
    """
    folder = cluster.ground.place("c")
    where = ("-h", str(cluster.server.socket), "-p", str(cluster.port), "-U", ADMIN)
    # RDS copies storage and does not look at pages: what is damaged is damaged in the copy
    options = ("-X", "fetch", "-c", "fast", "--no-sync", "--no-manifest", "--no-verify-checksums")
    cluster.server.run("pg_basebackup", *where, *options, "-D", str(folder / "data"))
    return folder


def copied(ground: Ground, source: Path) -> Path:
    """Another copy of a copy, in a folder of its own."""
    folder = ground.place("c")
    _copy(ground, source / "data", folder / "data")
    return folder


def cluster_from(ground: Ground, source: Path) -> Cluster:
    """A place for a server with the data of a copy in it; it has not been started."""
    cluster = Cluster.at(ground)
    _copy(ground, source / "data", cluster.server.data)
    (cluster.server.data / "postgresql.auto.conf").write_text("", encoding="utf-8")
    return cluster


def size_of(folder: Path) -> int:
    """The bytes of a copy."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _copy(ground: Ground, source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)
    target.chmod(0o700)
    ground.user.own_tree(target)
