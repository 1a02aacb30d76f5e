"""An STS that knows second factors, in front of one that does not: codes by RFC 6238, each good once, roles that ask.

It answers what AWS answers and passes everything else on, unchanged, to the emulator.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ssl
import struct
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_ERROR = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>{message}</Message></Error><RequestId>0</RequestId></ErrorResponse>"""
PERIOD = 30


class Device:
    """A virtual MFA device of a user."""

    def __init__(self, serial: str, seed: bytes) -> None:
        self.serial, self._key = serial, base64.b32decode(seed)
        self.used: set[str] = set()

    def code(self, ahead: int = 0) -> str:
        """What it shows now, or `ahead` periods later."""
        counter = struct.pack(">Q", int(time.time()) // PERIOD + ahead)
        digest = hmac.new(self._key, counter, hashlib.sha1).digest()
        start = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"

    def accepts(self, code: str) -> bool:
        good = code in {self.code(-1), self.code(), self.code(1)} and code not in self.used
        self.used.add(code)
        return good


@contextmanager
def mfa_sts(device: Device, upstream: str, ca_bundle: str, asking: set[str]):
    """Serve it on loopback.

    Args:
        device: whose codes count.
        upstream: URL of the emulator.
        ca_bundle: its certificate.
        asking: names of the roles that ask for a second factor.
    """
    parts, fresh = urlsplit(upstream), set()
    seen: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = parse_qs(body.decode())
            seen.append(asked)
            refused = self.refused(asked)
            if refused is not None:
                self.answer(403, _ERROR.format(message=refused).encode())
                return
            status, answer = self.passed_on(body)
            if asked["Action"] == ["GetSessionToken"] and "TokenCode" in asked and status == 200:
                fresh.add(answer.split(b"<AccessKeyId>")[1].split(b"<")[0].decode())
            self.answer(status, answer)

        def refused(self, asked):
            if "TokenCode" in asked:
                is_device = asked.get("SerialNumber") == [device.serial]
                if not (is_device and device.accepts(asked["TokenCode"][0])):
                    return "MultiFactorAuthentication failed with invalid MFA one time pass code."
                return None
            role = asked.get("RoleArn", [""])[0].rpartition("/")[2]
            is_fresh = self.headers["Authorization"].split("Credential=")[1].split("/")[0] in fresh
            if asked["Action"] == ["AssumeRole"] and role in asking and not is_fresh:
                return f"User is not authorized to perform: sts:AssumeRole on resource: {asked['RoleArn'][0]}"
            return None

        def passed_on(self, body):
            context = ssl.create_default_context(cafile=ca_bundle)
            is_tls = parts.scheme == "https"
            upstream_ = (
                http.client.HTTPSConnection(parts.hostname, parts.port, context=context, timeout=30)
                if is_tls
                else http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
            )
            upstream_.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream_.putheader(name, value)
            upstream_.endheaders(body)
            reply = upstream_.getresponse()
            return reply.status, reply.read()

        def answer(self, status, body):
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
