"""AWS's REST-JSON protocol: routes, shapes, checks, read out of the model of the service.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote

from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.protocol import Codes, Protocol
from holdfast.sandbox.service.text import NotAValue, read_instant, read_text, write_text
from holdfast.sandbox.service.values import Answer, Call, Values


class RestJson(Protocol):
    """The protocol of AWS Backup, EBS direct and many others."""

    def __init__(self, service: str, codes: Codes = Codes()) -> None:  # noqa: B008  a frozen value
        super().__init__(service, codes)

    @cached_property
    def _routes(self) -> list[tuple[str, list[str], str, str]]:
        """Method, path in parts, query marker, operation; literal parts before labels: `/x/y` beats `/x/{z}`."""
        routes = []
        for name in self.model.operation_names:
            http = self.model.operation_model(name).http
            path, _, marker = http["requestUri"].partition("?")
            routes.append((http["method"], _parts(path), marker, name))
        return sorted(routes, key=lambda route: [part.startswith("{") for part in route[1]])

    def read(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
        """As `Protocol.read`."""
        path, _, query = target.partition("?")
        name, labels = self._match(method, _parts(path), query)
        shape = self.operation(name).input_shape
        if shape is None:
            return self.checked(name, {})
        try:
            given = self._collect(shape, labels, parse_qs(query, keep_blank_values=True), headers, body)
        except NotAValue as error:
            raise self.invalid(str(error)) from None
        return self.checked(name, given)

    def write(self, operation: str, result: Values) -> Answer:
        """As `Protocol.write`."""
        model = self.operation(operation)
        shape: Any = model.output_shape
        status = int(model.http.get("responseCode") or 200)
        if shape is None or status == 204:
            return Answer(status, b"", {"Content-Type": "application/json"})
        headers = _headers(shape, result)
        payload = shape.serialization.get("payload")
        if payload and shape.members[payload].type_name == "blob":
            return Answer(status, result[payload], headers | {"Content-Type": "application/octet-stream"})
        body = json.dumps(_dumped(shape, result)).encode()
        return Answer(status, body, headers | {"Content-Type": "application/json"})

    def refuse(self, error: ServiceAnswer) -> Answer:
        """As `Protocol.refuse`."""
        document = {"__type": error.code, "Code": error.code, "Message": error.message, "message": error.message}
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
        return Answer(error.status, json.dumps(document).encode(), headers)

    def _match(self, method: str, parts: list[str], query: str) -> tuple[str, Values]:
        for verb, template, marker, name in self._routes:
            fits = verb == method and len(template) == len(parts) and (not marker or marker in query.split("&"))
            if fits and all(want.startswith("{") or want == got for want, got in zip(template, parts, strict=True)):
                labels = {
                    want.strip("{}+"): unquote(got)
                    for want, got in zip(template, parts, strict=True)
                    if want.startswith("{")
                }
                return name, labels
        raise ServiceAnswer(self.codes.unknown, f"no operation for {method} /{'/'.join(parts)}", 404)

    def _collect(
        self, shape: Any, labels: Values, query: Mapping[str, list[str]], headers: Mapping[str, str], body: bytes
    ) -> Values:
        payload = shape.serialization.get("payload")
        document = {} if payload else self._document(body)
        given: Values = {payload: body} if payload else {}
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            where = member.serialization.get("location")
            if where == "uri" and wire in labels:
                given[name] = read_text(member, labels[wire])
            elif where == "querystring" and wire in query:
                values = query[wire]
                is_list = member.type_name == "list"
                given[name] = (
                    [read_text(member.member, each) for each in values] if is_list else read_text(member, values[-1])
                )
            elif where == "header" and wire.lower() in headers:
                given[name] = read_text(member, headers[wire.lower()])
            elif where is None and document.get(wire) is not None:
                given[name] = _loaded(member, document[wire])
        return given

    def _document(self, body: bytes) -> Values:
        try:
            document = json.loads(body) if body.strip() else {}
        except ValueError:
            raise self.invalid("the body is not JSON") from None
        if not isinstance(document, dict):
            raise self.invalid("the body is not an object")
        return document


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")


def _loaded(shape: Any, value: Any) -> Any:
    """A value out of a JSON body; what does not fit is left for the check by the model to name."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        known = {shape.members[name].serialization.get("name", name): name for name in shape.members}
        return {
            known[wire]: _loaded(shape.members[known[wire]], each)
            for wire, each in value.items()
            if wire in known and each is not None
        }
    if kind == "list" and isinstance(value, list):
        return [_loaded(shape.member, each) for each in value]
    if kind == "map" and isinstance(value, dict):
        return {key: _loaded(shape.value, each) for key, each in value.items()}
    return read_instant(value) if kind == "timestamp" else value


def _headers(shape: Any, result: Values) -> dict[str, str]:
    return {
        member.serialization["name"]: write_text(result[name])
        for name, member in shape.members.items()
        if member.serialization.get("location") == "header" and result.get(name) is not None
    }


def _dumped(shape: Any, value: Any) -> Any:
    """A value as the model puts it in JSON: times as seconds, bytes as base64, unknown members left out."""
    kind = shape.type_name
    if kind == "structure":
        return dict(_members(shape, value))
    if kind == "list":
        return [_dumped(shape.member, each) for each in value]
    if kind == "map":
        return {str(key): _dumped(shape.value, each) for key, each in value.items()}
    if kind == "timestamp":
        if shape.serialization.get("timestampFormat") == "iso8601":
            return value.isoformat()
        return round(value.timestamp(), 3)
    return base64.b64encode(value).decode() if kind == "blob" else value


def _members(shape: Any, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        if value.get(name) is not None and member.serialization.get("location") is None:
            yield member.serialization.get("name", name), _dumped(member, value[name])
