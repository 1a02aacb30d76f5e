"""An environment written back as YAML, all inheritance resolved: a file that means the same."""

from __future__ import annotations

from io import StringIO

from ruamel.yaml import YAML

from holdfast.environments.model import Environment


def as_yaml(environment: Environment) -> str:
    """The environment as the text of an environment file that extends nothing."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # ruamel declares it None
    writer.width = 120
    text = StringIO()
    writer.dump(environment.document(), text)
    return text.getvalue()
