"""A kept HTTP/1.1 connection that never waits: it goes as far as it can and says what it waits for.

It understands an answer with a `Content-Length` (RFC 9112 section 6.3) and nothing else: no chunks, no compression, no
redirect. Whoever uses it has another way to get what it does not understand.
"""

from __future__ import annotations

import errno
import os
import re
import selectors
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MOST = 16 * 1024 * 1024
"""Longest answer taken: twice the largest object there is, and no more than can be held."""
_READ = 64 * 1024
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3})[ \r]")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)
_NOT_PLAIN = re.compile(rb"\r\n(transfer-encoding|content-encoding|connection:[ \t]*close)", re.IGNORECASE)


class NotPlain(OSError):
    """An answer this reader does not understand."""


@dataclass(frozen=True)
class Address:
    """Where a server answers.

    Attributes:
        host: as the `Host` header says it.
        at: address family and socket address, each connection taking the next.
        tls: how to check its certificate; None for plain HTTP.
    """

    host: str
    at: tuple[tuple[int, Any], ...]
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, url: str, tls: ssl.SSLContext | None) -> Address:
        """The server of a URL.

        Args:
            url: scheme, host and port.
            tls: for `https`.

        Raises:
            OSError: the name is not known.
        """
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        at = tuple((int(family), where) for family, _, _, _, where in found)
        return cls(parts.netloc, at, tls if parts.scheme == "https" else None)


class Connection:
    """One connection, opened with its first request.

    Attributes:
        waits_for: the event (of `selectors`) after which `advance` can go on.
        answers: how many answers came.
    """

    def __init__(self, address: Address, number: int) -> None:
        self._address = address
        family, where = address.at[number % len(address.at)]
        self._socket: socket.socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)  # noqa: FBT003  # its only argument
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waits_for = selectors.EVENT_WRITE
        self.answers = 0
        self._is_secured = False
        self._unsent = b""
        self._received = bytearray()
        self._status = self._start = self._end = 0
        if (failed := self._socket.connect_ex(where)) not in (0, errno.EINPROGRESS):
            self.close()
            raise OSError(failed, os.strerror(failed))

    def fileno(self) -> int:
        """For `selectors`."""
        return self._socket.fileno()

    @property
    def is_stale(self) -> bool:
        """Whether it was good before and nothing of this answer came: the server closed what was not used."""
        return self.answers > 0 and not self._received

    def ask(self, request: bytes) -> None:
        """Send a request, as far as this can be done without waiting; `advance` goes on.

        Raises:
            OSError: the connection failed.
        """
        self._unsent, self._start, self._end = request, 0, 0
        self._received.clear()
        if self._is_secured:
            self._without_waiting(self._send)

    def advance(self) -> bool:
        """Go on without waiting. True when the answer is there.

        Raises:
            OSError: the connection failed, or the answer is not plain.
        """
        if not self._without_waiting(self._open, self._send, self._receive):
            return False
        self.answers += 1
        return True

    def body(self) -> bytes | None:
        """The body of the answer that is there; None where the server says anything but 200."""
        return bytes(memoryview(self._received)[self._start : self._end]) if self._status == 200 else None

    def close(self) -> None:
        """Leave at once."""
        self._socket.close()

    def _without_waiting(self, *steps: Callable[[], None]) -> bool:
        """Take some steps; False when one would have to wait."""
        try:
            for step in steps:
                step()
        except ssl.SSLWantReadError:
            self.waits_for = selectors.EVENT_READ
        except ssl.SSLWantWriteError:
            self.waits_for = selectors.EVENT_WRITE
        except BlockingIOError:
            pass
        else:
            return True
        return False

    def _open(self) -> None:
        if self._is_secured:
            return
        if failed := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(failed, os.strerror(failed))
        tls = self._address.tls
        if tls is not None and not isinstance(self._socket, ssl.SSLSocket):
            name = urlsplit(f"//{self._address.host}").hostname
            self._socket = tls.wrap_socket(self._socket, server_hostname=name, do_handshake_on_connect=False)
        if isinstance(self._socket, ssl.SSLSocket):
            self._socket.do_handshake()
        self._is_secured = True

    def _send(self) -> None:
        self.waits_for = selectors.EVENT_WRITE
        while self._unsent:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        self.waits_for = selectors.EVENT_READ

    def _receive(self) -> None:
        while not self._is_complete():
            data = self._socket.recv(_READ)
            if not data:
                raise ConnectionResetError(errno.ECONNRESET, "closed in the middle of an answer")
            self._received += data

    def _is_complete(self) -> bool:
        if not self._end:
            head = self._received.find(b"\r\n\r\n")
            if head < 0:
                if len(self._received) > _READ:
                    raise NotPlain("the head of the answer does not end")
                return False
            self._read_head(bytes(self._received[: head + 2]))
            self._start = head + 4
            self._end += self._start
        if len(self._received) > self._end:
            raise NotPlain("more came than was asked for")
        return len(self._received) == self._end

    def _read_head(self, head: bytes) -> None:
        status, length = _STATUS.match(head), _LENGTH.findall(head)
        if status is None or len(length) != 1 or _NOT_PLAIN.search(head) or int(length[0]) > MOST:
            raise NotPlain("not a plain answer")
        self._status, self._end = int(status[1]), int(length[0])
