"""Plans made by the real Terraform and the real AWS provider, with no AWS and no network.

A configuration is planned against an empty state; the attributes the provider would only know after apply are filled
in by their type, which makes a state; then the changed configuration is planned against that state with
`-refresh=false`. So every difference, default and replacement in the result is the provider's own doing.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

Json = dict[str, Any]

PROVIDER = {
    "region": "us-east-1",
    "access_key": "placeholder",
    "secret_key": "placeholder",
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": True,
    "skip_region_validation": True,
}
_SETTINGS = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}}
_PLACES = ("/opt", "/usr/share", "/usr/local/share")


def find_mirror() -> Path | None:
    """The filesystem mirror that holds the AWS provider, or None."""
    named = os.environ.get("HOLDFAST_PROVIDER_MIRROR")
    if named:
        return Path(named)
    found = (path for place in _PLACES for path in Path(place).glob("*/registry.terraform.io/hashicorp/aws"))
    return next((path.parents[2] for path in found), None)


class Workshop:
    """One working directory with an initialized provider."""

    def __init__(self, folder: Path, *, provider: Json | list[Json] | None = None) -> None:
        self.folder = folder
        self.provider = provider or PROVIDER
        mirror = find_mirror()
        if mirror is None:
            raise FileNotFoundError("no filesystem mirror holds the AWS provider; set HOLDFAST_PROVIDER_MIRROR")
        settings = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
        (folder / "cli.tfrc").write_text(settings)
        self.write({})
        self.run("init", "-no-color")
        self._schemas: Json = {}

    def write(self, body: Json) -> None:
        """Write the configuration; `body` holds `resource` and whatever else it needs."""
        document = {"terraform": _SETTINGS, "provider": {"aws": self.provider}, **body}
        (self.folder / "main.tf.json").write_text(json.dumps(document, indent=1))

    def run(self, *arguments: str, check: bool = True) -> str:
        """Run Terraform and return what it printed."""
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        settings = {
            "TF_CLI_CONFIG_FILE": str(self.folder / "cli.tfrc"),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
        }
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env={**keep, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            said = "\n".join(line[:300] for line in (done.stderr or done.stdout).splitlines())
            raise RuntimeError(f"terraform {' '.join(arguments)}: {said}")
        return done.stdout

    def plan(self, body: Json, *options: str, check: bool = True) -> Json:
        """The plan of a configuration against the state that is there, as `terraform show -json` prints it.

        With `check=False` the plan may end with errors, as long as Terraform writes it.
        """
        (self.folder / "plan.bin").unlink(missing_ok=True)
        self.write(body)
        refresh = () if any("refresh" in option for option in options) else ("-refresh=false",)
        self.run("plan", "-no-color", "-input=false", "-lock=false", *refresh, "-out=plan.bin", *options, check=check)
        document: Json = json.loads(self.run("show", "-json", "plan.bin"))
        return document

    def transition(self, before: Json, after: Json, *options: str, state: Any = None, check: bool = True) -> Json:
        """The plan from one configuration to another; `state` may change the state in between."""
        (self.folder / "terraform.tfstate").unlink(missing_ok=True)
        resources = self.state_of(self.plan(before)) if before.get("resource") else []
        if state is not None:
            resources = state(resources)
        document = {
            "version": 4,
            "terraform_version": "1.11.0",
            "serial": 1,
            "lineage": "00000000-0000-0000-0000-000000000000",
            "outputs": {},
            "resources": resources,
        }
        (self.folder / "terraform.tfstate").write_text(json.dumps(document))
        return self.plan(after, *options, check=check)

    def state_of(self, plan: Json) -> list[Json]:
        """The resources of a state in which a plan of creations has been applied."""
        blocks: dict[str, Json] = {}
        for change in plan["resource_changes"]:
            if change["mode"] != "managed":
                continue
            schema = self.schemas()[change["type"]]
            attributes = _block(schema["block"], change["change"]["after"], change["change"]["after_unknown"])
            instance: Json = {"schema_version": schema["version"], "attributes": attributes}
            if "index" in change:
                instance["index_key"] = change["index"]
            key = change["address"].split("[")[0]
            block = blocks.setdefault(key, _resource(change))
            block["instances"].append(instance)
        return list(blocks.values())

    def schemas(self) -> Json:
        """The provider's resource schemas."""
        if not self._schemas:
            text = json.loads(self.run("providers", "schema", "-json"))["provider_schemas"]
            self._schemas = next(iter(text.values()))["resource_schemas"]
        return self._schemas


def _resource(change: Json, alias: str = "") -> Json:
    instances: list[Json] = []
    each = "list" if isinstance(change.get("index"), int) else "map" if "index" in change else None
    return {
        "mode": "managed",
        "type": change["type"],
        "name": change["name"],
        **({"each": each} if each else {}),
        "provider": f'provider["registry.terraform.io/hashicorp/aws"]{alias}',
        "instances": instances,
    }


_FILLED = {
    "arn": "arn:aws:service:us-east-1:111122223333:thing/placeholder",
    "region": "us-east-1",
    "key_id": "11111111-2222-3333-4444-555555555555",
}


def _block(block: Json, value: Json | None, unknown: Any) -> Json:
    value = value or {}
    unknown = unknown if isinstance(unknown, dict) else {}
    filled: Json = {}
    for name, attribute in block.get("attributes", {}).items():
        if "nested_type" in attribute:
            filled[name] = value.get(name)
        elif unknown.get(name) is True and name in _FILLED and attribute["type"] == "string":
            filled[name] = _FILLED[name]
        else:
            filled[name] = _attribute(attribute["type"], value.get(name), unknown.get(name))
    for name, nested in block.get("block_types", {}).items():
        shadow = unknown.get(name)
        if nested["nesting_mode"] == "single":
            empty = value.get(name) is None and not shadow
            filled[name] = None if empty else _block(nested["block"], value.get(name), shadow)
        else:
            items = [] if shadow is True else value.get(name) or []
            shadows = shadow if isinstance(shadow, list) else []
            filled[name] = [
                _block(nested["block"], item, shadows[index] if index < len(shadows) else {})
                for index, item in enumerate(items)
            ]
    return filled


def _attribute(type_: Any, value: Any, unknown: Any) -> Any:
    if unknown is True:
        return _placeholder(type_)
    if isinstance(type_, list) and type_[0] in ("list", "set") and value is not None:
        shadows = unknown if isinstance(unknown, list) else []
        return [_attribute(type_[1], v, shadows[i] if i < len(shadows) else None) for i, v in enumerate(value)]
    if isinstance(type_, list) and type_[0] == "object" and isinstance(value, dict):
        shadow = unknown if isinstance(unknown, dict) else {}
        return {name: _attribute(inner, value.get(name), shadow.get(name)) for name, inner in type_[1].items()}
    return value


def _placeholder(type_: Any) -> Any:
    if isinstance(type_, list):
        if type_[0] == "object":
            return {name: _placeholder(inner) for name, inner in type_[1].items()}
        return {} if type_[0] == "map" else []
    return {"string": "placeholder", "number": 0, "bool": False}[type_]
