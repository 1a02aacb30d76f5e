"""What a protocol of AWS does for a service: understand a request, write an answer, all by botocore's model.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.model import OperationModel
from botocore.validate import ParamValidator

from holdfast.sandbox.service.errors import ServiceAnswer
from holdfast.sandbox.service.values import Answer, Call, Values


@dataclass(frozen=True)
class Codes:
    """What a service calls the errors every service has.

    Args:
        unknown: there is no such operation.
        missing: a required value was left out.
        invalid: a value is malformed, or outside what is allowed.
        denied: IAM refuses.
    """

    unknown: str = "UnknownOperationException"
    missing: str = "ValidationException"
    invalid: str = "ValidationException"
    denied: str = "AccessDeniedException"


QUERY_CODES = Codes("InvalidAction", "MissingParameter", "InvalidParameterValue", "AccessDenied")
"""Of services that speak the query protocol: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html"""


class Protocol(ABC):
    """The protocol of one service.

    Args:
        service: boto3's name of it.
        codes: what it calls its common errors.
    """

    def __init__(self, service: str, codes: Codes) -> None:
        self.service, self.codes = service, codes
        self.model = botocore.session.Session().get_service_model(service)

    @property
    def operations(self) -> list[str]:
        """The names of all operations of the service."""
        return list(self.model.operation_names)

    def operation(self, name: str) -> OperationModel:
        """The model of an operation."""
        return self.model.operation_model(name)

    @abstractmethod
    def read(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
        """Understand a request.

        Args:
            method: HTTP method.
            target: path and query, still percent-encoded.
            headers: with names in lower case.
            body: as it came.

        Raises:
            ServiceAnswer: there is no such operation, or a value is missing or malformed.
        """

    @abstractmethod
    def write(self, operation: str, result: Values) -> Answer:
        """The answer an operation gives, in the shape of its model; what the shape does not know is left out."""

    @abstractmethod
    def refuse(self, error: ServiceAnswer) -> Answer:
        """An error, as this protocol puts it."""

    def checked(self, name: str, given: Values) -> Call:
        """A call whose values the model finds complete and of the right kinds.

        Raises:
            ServiceAnswer: it does not.
        """
        shape: Any = self.operation(name).input_shape
        if shape is not None:
            report = ParamValidator().validate(given, shape)
            if report.has_errors():
                text = report.generate_report()
                raise ServiceAnswer(self.codes.missing if "Missing required" in text else self.codes.invalid, text)
        return Call(name, given)

    def invalid(self, message: str) -> ServiceAnswer:
        """The error for a malformed value."""
        return ServiceAnswer(self.codes.invalid, message)
