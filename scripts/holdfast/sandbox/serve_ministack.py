"""Run ministack on one loopback port over TLS: `python -m holdfast.sandbox.serve_ministack PORT CERTIFICATE KEY`.

Its own entry point would also take port 443 where it may, and speak HTTP/2.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from types import FrameType

from holdfast.sandbox.authorizing import authorizing
from holdfast.sandbox.bodies import keep_on_disk, sending
from holdfast.sandbox.identity import completed
from holdfast.sandbox.ports import LOOPBACK
from holdfast.sandbox.replaying import replaying
from holdfast.sandbox.tables_asked import ask_for_the_table

_KEEP_ALIVE_SECONDS = 600  # longer than any client, so that none sends a request into a connection being closed


def main(port: str, certificate: str, key: str) -> None:
    """Serve until SIGTERM."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app  # type: ignore[import-untyped]  # it ships no types
    from ministack.core import iam_actions  # type: ignore[import-untyped]
    from ministack.services import s3  # type: ignore[import-untyped]

    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # clients that go away without closing TLS
    config = Config()
    config.bind = [f"{LOOPBACK}:{port}"]
    config.certfile, config.keyfile = certificate, key
    config.alpn_protocols = ["http/1.1"]
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.loglevel = "WARNING"
    signal.signal(signal.SIGTERM, _end)
    keep_on_disk(s3)
    ask_for_the_table(iam_actions)
    with completed():
        asyncio.run(serve(authorizing(replaying(sending(app))), config, shutdown_trigger=_never))


async def _never() -> None:
    """Hypercorn's own shutdown waits for clients that keep connections open; this one is ended by `_end`."""
    await asyncio.Event().wait()


def _end(_number: int, _frame: FrameType | None) -> None:
    """Everything is in memory or in files without a name and goes with the process; there is nothing to wait for."""
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
