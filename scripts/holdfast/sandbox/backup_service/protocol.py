"""AWS's REST-JSON protocol, read out of botocore's model of the service: routes, shapes, checks.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote

import botocore.session
from botocore.model import OperationModel, Shape
from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

from holdfast.sandbox.backup_service.errors import ServiceAnswer, invalid_parameter, missing_parameter

Values = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request understood: which operation, with what."""

    operation: str
    given: Values


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Protocol:
    """The protocol of one service.

    Args:
        service: boto3's name of it.
    """

    def __init__(self, service: str = "backup") -> None:
        self._model = botocore.session.Session().get_service_model(service)

    @property
    def operations(self) -> list[str]:
        """The names of all operations of the service."""
        return list(self._model.operation_names)

    def operation(self, name: str) -> OperationModel:
        """The model of an operation."""
        return self._model.operation_model(name)

    @cached_property
    def _routes(self) -> list[tuple[str, list[str], str, str]]:
        """Method, path in parts, query marker, operation; literal parts before labels: `/x/y` beats `/x/{z}`."""
        routes = []
        for name in self._model.operation_names:
            http = self._model.operation_model(name).http
            path, _, marker = http["requestUri"].partition("?")
            routes.append((http["method"], _parts(path), marker, name))
        return sorted(routes, key=lambda route: [part.startswith("{") for part in route[1]])

    def read(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
        """Understand a request.

        Args:
            method: HTTP method.
            target: path and query, still percent-encoded: ARNs hold slashes.
            headers: with names in lower case.
            body: JSON, or nothing.

        Raises:
            ServiceAnswer: there is no such operation, or a value is missing or malformed.
        """
        path, _, query = target.partition("?")
        name, labels = self._match(method, _parts(path), query)
        model = self._model.operation_model(name)
        shape = model.input_shape
        given = self._collect(shape, labels, parse_qs(query, keep_blank_values=True), headers, body) if shape else {}
        if shape is not None:
            report = ParamValidator().validate(given, shape)
            if report.has_errors():
                text = report.generate_report()
                raise missing_parameter(text) if "Missing required" in text else invalid_parameter(text)
        return Call(name, given)

    def write(self, operation: str, result: Values) -> Answer:
        """The answer an operation gives, in the shape of its model; what the shape does not know is left out."""
        model = self._model.operation_model(operation)
        shape = model.output_shape
        body = b"" if shape is None else json.dumps(_dumped(shape, result)).encode()
        status = int(model.http.get("responseCode") or 200)
        return Answer(status, b"" if status == 204 else body, {"Content-Type": "application/json"})

    def refuse(self, error: ServiceAnswer) -> Answer:
        """An error, as this protocol puts it."""
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
        raise ServiceAnswer("UnknownOperationException", f"no operation for {method} /{'/'.join(parts)}", 404)

    def _collect(
        self, shape: Any, labels: Values, query: Mapping[str, list[str]], headers: Mapping[str, str], body: bytes
    ) -> Values:
        try:
            document = json.loads(body) if body.strip() else {}
        except ValueError:
            raise invalid_parameter("the body is not JSON") from None
        if not isinstance(document, dict):
            raise invalid_parameter("the body is not an object")
        given: Values = {}
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            where = member.serialization.get("location")
            if where == "uri" and wire in labels:
                given[name] = _of_text(member, labels[wire])
            elif where == "querystring" and wire in query:
                values = query[wire]
                is_list = member.type_name == "list"
                given[name] = (
                    [_of_text(member.member, each) for each in values] if is_list else _of_text(member, values[-1])
                )
            elif where == "header" and wire.lower() in headers:
                given[name] = _of_text(member, headers[wire.lower()])
            elif where is None and document.get(wire) is not None:
                given[name] = _loaded(member, document[wire])
        return given


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")


def _of_text(shape: Shape, text: str) -> Any:
    """A value out of a path, a query or a header."""
    try:
        if shape.type_name in {"integer", "long"}:
            return int(text)
        if shape.type_name == "boolean":
            return {"true": True, "false": False}[text.lower()]
        return _instant(text) if shape.type_name == "timestamp" else text
    except (ValueError, KeyError):
        raise invalid_parameter(f"{shape.name} cannot be {text!r}") from None


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
    if kind == "timestamp":
        return _instant(value)
    return value


def _instant(value: Any) -> datetime:
    try:
        return parse_timestamp(value).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise invalid_parameter(f"not a time: {value!r}") from None


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
