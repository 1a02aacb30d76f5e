"""Terraform state, with everything taken out that is secret or may be.

A state file holds passwords and private keys in plain text. A backup set is locked for years and read by whoever may
restore, so a secret in one could not be taken back. What is left is what a recovery needs of a state: which resource
is which. Attribute values come back with `terraform refresh`; secrets come back from where they are kept.

Redacted are: outputs and attributes Terraform calls sensitive; attributes whose name says so, of any resource; whole
resources made to hold a secret; private data of providers; and each of these values wherever else it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from holdfast.capture.errors import StateUnreadable
from holdfast.capture.redaction import REDACTED, looks_secret

_SAYS_SO = re.compile(
    r"secret(?!_?(arn|id|name)s?$)|passw|passphrase|private_?key|token|credential|certificate_pem|kubeconfig"
    r"|connection_string|user_?data|access_key|auth_pass|api_?key|^content$|^content_base64$|^stdout$|^environment$",
    re.IGNORECASE,
)
_KEPT = frozenset({"id", "arn", "name", "key_id", "kms_key_id", "secret_id", "secret_arn", "region", "type"})
"""Never redacted for their name: they say which resource it is."""
_SECRET_TYPES = frozenset(
    {
        "aws_secretsmanager_secret_version",
        "aws_ssm_parameter",
        "aws_iam_access_key",
        "aws_db_instance_password",
        "external",
        "random_password",
        "random_bytes",
        "random_string",
        "terraform_data",
        "tls_private_key",
        "tls_self_signed_cert",
        "vault_generic_secret",
    }
)
"""Resources and data sources of these types keep only what says which one they are."""
_SHORTEST = 6
"""A redacted value at least so long is searched for in the rest; shorter ones stand everywhere by chance."""


def redacted_state(name: str, content: bytes) -> dict[str, Any]:
    """A state without its secrets.

    Args:
        name: what to call it in an error.
        content: the bytes Terraform wrote.

    Raises:
        StateUnreadable: it is not a state of version 4; nobody could tell then what in it is secret.
    """
    try:
        state = json.loads(content)
    except (ValueError, RecursionError):
        raise StateUnreadable(name=name, problem="it is not JSON") from None
    if not isinstance(state, dict) or state.get("version") != 4 or not isinstance(state.get("resources", []), list):
        raise StateUnreadable(name=name, problem="it is not a state of format version 4")
    redaction = _Redaction()
    try:
        kept = redaction.state(state)
        return {name: redaction.everywhere(each) for name, each in kept.items()}
    except (AttributeError, KeyError, TypeError, RecursionError):
        raise StateUnreadable(name=name, problem="its resources are not as Terraform writes them") from None


class _Redaction:
    """Takes secrets out of one state, and remembers them."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def state(self, state: Mapping[str, Any]) -> dict[str, Any]:
        outputs = {name: self._output(each) for name, each in (state.get("outputs") or {}).items()}
        resources = [self._resource(each) for each in state.get("resources") or ()]
        kept = {name: state[name] for name in ("version", "terraform_version", "serial", "lineage") if name in state}
        return {**kept, "outputs": outputs, "resources": resources}

    def everywhere(self, value: Any) -> Any:
        """Take out every remembered value, and whatever else looks like a secret."""
        if isinstance(value, str):
            hidden = any(secret in value for secret in self._seen)
            return REDACTED if hidden or looks_secret(value) else value
        if isinstance(value, dict):
            return {self.everywhere(key): self.everywhere(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.everywhere(each) for each in value]
        return value

    def _output(self, output: Mapping[str, Any]) -> dict[str, Any]:
        if not output.get("sensitive"):
            return dict(output)
        return {"sensitive": True, "type": output.get("type"), "value": self._hide(output.get("value"))}

    def _resource(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        type_ = str(resource["type"])
        kept = {name: each for name, each in resource.items() if name != "instances"}
        return {**kept, "instances": [self._instance(type_, each) for each in resource.get("instances") or ()]}

    def _instance(self, type_: str, instance: Mapping[str, Any]) -> dict[str, Any]:
        attributes = instance.get("attributes") or {}
        flat = instance.get("attributes_flat") or {}
        for steps in _paths(instance.get("sensitive_attributes") or ()):
            attributes = self._hidden_at(attributes, steps)
        if not isinstance(attributes, dict):
            attributes = {"(all)": attributes}
        kept = ("index_key", "schema_version", "dependencies", "create_before_destroy", "status", "deposed")
        return {
            **{name: instance[name] for name in kept if name in instance},
            "attributes": {name: self._attribute(type_, name, each) for name, each in attributes.items()},
            **({"attributes_flat": {name: self._hide(each) for name, each in flat.items()}} if flat else {}),
        }

    def _attribute(self, type_: str, name: str, value: Any) -> Any:
        if isinstance(value, bool | int | float) or value is None:
            return value
        if name in _KEPT:
            return value
        if type_ in _SECRET_TYPES or _SAYS_SO.search(name):
            return self._hide(value)
        if isinstance(value, dict):
            return {inner: self._attribute(type_, inner, each) for inner, each in value.items()}
        if isinstance(value, list):
            return [self._attribute(type_, name, each) for each in value]
        return value

    def _hidden_at(self, value: Any, steps: Sequence[Any]) -> Any:
        """Hide what lies at a path; a path that leads nowhere hides the closest thing around it."""
        if not steps:
            return self._hide(value)
        step, rest = steps[0], steps[1:]
        if isinstance(value, dict) and step in value:
            return {**value, step: self._hidden_at(value[step], rest)}
        if isinstance(value, list) and isinstance(step, int | float) and 0 <= int(step) < len(value):
            at = int(step)
            return [*value[:at], self._hidden_at(value[at], rest), *value[at + 1 :]]
        return self._hide(value)

    def _hide(self, value: Any) -> Any:
        """Remember every text in a value; what stays says only that there was one."""
        if isinstance(value, str) and len(value) >= _SHORTEST:
            self._seen.add(value)
            self._seen.update(line for line in value.split("\n") if len(line) >= 20)
        for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
            self._hide(each)
        return value if value in (None, "", [], {}) else REDACTED


def _paths(written: Sequence[Any]) -> Iterator[list[Any]]:
    """The paths of `sensitive_attributes`: lists of steps, each with a name or an index."""
    for path in written:
        steps = path if isinstance(path, list) else [path]
        yield [_step(each) for each in steps]


def _step(step: Mapping[str, Any]) -> Any:
    value = step.get("value")
    return value.get("value") if isinstance(value, Mapping) else value
