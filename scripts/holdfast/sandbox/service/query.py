"""AWS's query protocol (RDS, STS, SNS) and EC2's own kind of it: a form in, XML out.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as Xml

from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.protocol import QUERY_CODES, Codes, Protocol
from holdfast.sandbox.service.text import NotAValue, read_text, write_text
from holdfast.sandbox.service.values import Answer, Call, Values

_XML = {"Content-Type": "text/xml"}
Form = Mapping[str, str]


def form_of(target: str, body: bytes) -> dict[str, str]:
    """The fields of a request: its body's, or its query's."""
    text = body.decode("utf-8", errors="replace") if body else target.partition("?")[2]
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


class Query(Protocol):
    """The query protocol."""

    def __init__(self, service: str, codes: Codes = QUERY_CODES) -> None:
        super().__init__(service, codes)

    def read(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
        """As `Protocol.read`."""
        form = form_of(target, body)
        name = form.get("Action", "")
        if name not in self.model.operation_names:
            raise ServiceAnswer(self.codes.unknown, f"The action {name} is not valid for this web service.")
        shape = self.operation(name).input_shape
        try:
            given = self._structure(shape, form, "") if shape else {}
        except NotAValue as error:
            raise self.invalid(str(error)) from None
        return self.checked(name, given)

    def write(self, operation: str, result: Values) -> Answer:
        """As `Protocol.write`."""
        shape: Any = self.operation(operation).output_shape
        root = Xml.Element(f"{operation}Response", xmlns=str(self.model.metadata["xmlNamespace"]))
        if shape is not None:
            inner = Xml.SubElement(root, shape.serialization.get("resultWrapper", f"{operation}Result"))
            _write_members(inner, shape, result, item="member")
        Xml.SubElement(Xml.SubElement(root, "ResponseMetadata"), "RequestId").text = str(uuid.uuid4())
        return Answer(200, Xml.tostring(root, encoding="utf-8", xml_declaration=True), _XML)

    def refuse(self, error: ServiceAnswer) -> Answer:
        """As `Protocol.refuse`."""
        root = Xml.Element("ErrorResponse", xmlns=str(self.model.metadata["xmlNamespace"]))
        told = Xml.SubElement(root, "Error")
        Xml.SubElement(told, "Type").text = "Sender" if error.status < 500 else "Receiver"
        Xml.SubElement(told, "Code").text = error.code
        Xml.SubElement(told, "Message").text = error.message
        Xml.SubElement(root, "RequestId").text = str(uuid.uuid4())
        return Answer(error.status, Xml.tostring(root, encoding="utf-8", xml_declaration=True), _XML)

    def _name(self, shape: Any, name: str) -> str:
        """What a member is called in a form."""
        return str(shape.serialization.get("name", name))

    def _elements(self, shape: Any, name: str) -> str:
        """Where the elements of a list stand in a form: before their number."""
        if shape.serialization.get("flattened"):
            own = shape.member.serialization.get("name")
            return f"{name.rpartition('.')[0]}.{own}".lstrip(".") if own else name
        return f"{name}.{shape.member.serialization.get('name', 'member')}"

    def _structure(self, shape: Any, form: Form, prefix: str) -> Values:
        given = {}
        for name, member in shape.members.items():
            value = self._value(member, form, f"{prefix}{self._name(member, name)}")
            if value is not None:
                given[name] = value
        return given

    def _value(self, shape: Any, form: Form, name: str) -> Any:
        """The value at a name; None where the form has none."""
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape, form, f"{name}.") if _any_below(form, name) else None
        if kind == "list":
            start = self._elements(shape, name)
            numbers = _numbers(form, start)
            if numbers:
                return [self._value(shape.member, form, f"{start}.{number}") for number in numbers]
            return [] if name in form else None
        if kind == "map":
            return self._map(shape, form, name)
        return read_text(shape, form[name]) if name in form else None

    def _map(self, shape: Any, form: Form, name: str) -> Values | None:
        start = name if shape.serialization.get("flattened") else f"{name}.entry"
        key, value = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        found = {
            form.get(f"{start}.{number}.{key}", ""): self._value(shape.value, form, f"{start}.{number}.{value}")
            for number in _numbers(form, start)
        }
        return found or None


class Ec2Query(Query):
    """EC2's query protocol: every list is flat, names begin with a capital, answers have no wrapper."""

    def write(self, operation: str, result: Values) -> Answer:
        """As `Protocol.write`."""
        shape: Any = self.operation(operation).output_shape
        root = Xml.Element(f"{operation}Response", xmlns=str(self.model.metadata["xmlNamespace"]))
        Xml.SubElement(root, "requestId").text = str(uuid.uuid4())
        if shape is not None:
            _write_members(root, shape, result, item="item")
        return Answer(200, Xml.tostring(root, encoding="utf-8", xml_declaration=True), _XML)

    def refuse(self, error: ServiceAnswer) -> Answer:
        """As `Protocol.refuse`."""
        root = Xml.Element("Response")
        told = Xml.SubElement(Xml.SubElement(root, "Errors"), "Error")
        Xml.SubElement(told, "Code").text = error.code
        Xml.SubElement(told, "Message").text = error.message
        Xml.SubElement(root, "RequestID").text = str(uuid.uuid4())
        return Answer(error.status, Xml.tostring(root, encoding="utf-8", xml_declaration=True), _XML)

    def _name(self, shape: Any, name: str) -> str:
        told = shape.serialization.get("queryName")
        if told:
            return str(told)
        name = str(shape.serialization.get("name", name))
        return name[0].upper() + name[1:]

    def _elements(self, shape: Any, name: str) -> str:
        return name


def _any_below(form: Form, name: str) -> bool:
    return any(field.startswith(f"{name}.") for field in form)


def _numbers(form: Form, start: str) -> list[int]:
    """The numbers of the elements a form has below a name, in order."""
    after = (field[len(start) + 1 :].partition(".")[0] for field in form if field.startswith(f"{start}."))
    return sorted({int(each) for each in after if each.isdigit()})


def _write_members(parent: Xml.Element, shape: Any, value: Mapping[str, Any], item: str) -> None:
    for name, member in shape.members.items():
        if value.get(name) is not None:
            _write(parent, member.serialization.get("name", name), member, value[name], item)


def _write(parent: Xml.Element, name: str, shape: Any, value: Any, item: str) -> None:
    kind = shape.type_name
    if kind == "list":
        flat = shape.serialization.get("flattened")
        holder = parent if flat else Xml.SubElement(parent, name)
        each_name = (name if flat else None) or shape.member.serialization.get("name", item)
        if flat and shape.member.serialization.get("name"):
            each_name = shape.member.serialization["name"]
        for each in value:
            _write(holder, each_name, shape.member, each, item)
        return
    if kind == "map":
        flat = shape.serialization.get("flattened")
        holder = parent if flat else Xml.SubElement(parent, name)
        for key, each in value.items():
            entry = Xml.SubElement(holder, name if flat else "entry")
            _write(entry, shape.key.serialization.get("name", "key"), shape.key, key, item)
            _write(entry, shape.value.serialization.get("name", "value"), shape.value, each, item)
        return
    element = Xml.SubElement(parent, name)
    if kind == "structure":
        _write_members(element, shape, value, item)
    else:
        element.text = write_text(value)
