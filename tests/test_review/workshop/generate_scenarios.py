"""Write `corpus/scenarios.json`: whole small plans of the real Terraform, one flagged and one near miss each.

`python tests/test_review/workshop/generate_scenarios.py [NAME…]`. The drift and import plans need a service to read
from: they are made against moto on a free loopback port.
"""

from __future__ import annotations

import copy
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from generate import CORPUS, HERE, SETS, dump, slim
from real_plans import PROVIDER, Json, Workshop
from ruamel.yaml import YAML

_ALIASED = [PROVIDER, {**PROVIDER, "alias": "west", "region": "us-west-2"}]


def scenarios() -> Json:
    """All scenarios by name."""
    document: Json = YAML(typ="safe").load((HERE / "scenarios.yaml").read_text())
    return {name: scenario for group in document.values() for name, scenario in group.items()}


def deposed(resources: list[Json]) -> list[Json]:
    """A state in which the first object has a leftover from a replacement that did not finish."""
    instances = resources[0]["instances"]
    instances.append({**copy.deepcopy(instances[0]), "deposed": "deadbeef"})
    return resources


_STATES = {"deposed": deposed}


def whole(plan: Json) -> Json:
    """A plan without secrets and without what nobody looks at."""
    blocks = {block["address"]: block for block in plan["configuration"].get("root_module", {}).get("resources", [])}

    def slimmed(changes: list[Json]) -> list[Json]:
        result = []
        for change in changes:
            configured = set(blocks.get(change["address"].split("[")[0], {}).get("expressions", {}))
            kept = {key: change[key] for key in ("previous_address", "deposed", "index") if key in change}
            small = slim(change, configured)
            importing = {key: change["change"][key] for key in ("importing",) if key in change["change"]}
            result.append({**small, **kept, "change": {**small["change"], **importing}})
        return result

    names = ("address", "provider_config_key")
    resources = [
        {
            **{n: block[n] for n in names},
            "expressions": {n: _references(e) for n, e in sorted(block["expressions"].items())},
        }
        for block in blocks.values()
    ]
    providers = {
        key: {"expressions": {n: v for n, v in item["expressions"].items() if n in ("region", "alias")}}
        for key, item in plan["configuration"].get("provider_config", {}).items()
    }
    kept = ("format_version", "terraform_version", "checks", "errored", "complete", "applyable")
    return {
        **{key: plan[key] for key in kept if key in plan},
        "planned_values": {},
        "resource_changes": slimmed(plan.get("resource_changes", [])),
        "resource_drift": slimmed(plan.get("resource_drift", [])),
        "configuration": {"provider_config": providers, "root_module": {"resources": resources}},
    }


def _references(expression: Any) -> Json:
    """What an argument refers to, without its value."""
    return (
        {"references": expression["references"]} if isinstance(expression, dict) and "references" in expression else {}
    )


def without_a_service(workshop: Workshop, names: list[str]) -> Json:
    """The scenarios of the YAML file, or the named ones."""
    result: Json = {}
    for name, scenario in scenarios().items():
        if names and name not in names:
            continue
        for set_ in SETS:
            state = _STATES.get(scenario.get(f"{set_}_state", ""))
            options = scenario.get(f"{set_}_options", [])
            plan = workshop.transition(scenario["before"], scenario[set_], *options, state=state, check=False)
            result[f"{name}__{set_}"] = whole(plan)
            sys.stdout.write(f"{name} {set_}\n")
    return result


def with_a_service(folder: Path) -> Json:
    """Drift and import, read from moto."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        url = "http://{}:{}".format(*server.get_host_and_port())
        provider = {**PROVIDER, "s3_use_path_style": True, "endpoints": [{"s3": url, "sts": url, "kms": url}]}
        access = {"aws_access_key_id": "placeholder", "aws_secret_access_key": "placeholder"}
        s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=url, **access)
        return {**_drift(Workshop(folder, provider=provider), s3), **_import(Workshop(folder, provider=provider), s3)}
    finally:
        server.stop()


_DRIFTING: Json = {
    "aws_s3_bucket": {"b": {"bucket": "vault", "force_destroy": False}},
    "aws_s3_bucket_versioning": {"v": {"bucket": "vault", "versioning_configuration": {"status": "Enabled"}}},
}


def _drift(workshop: Workshop, s3: Any) -> Json:
    body = {"resource": _DRIFTING}
    workshop.write(body)
    workshop.run("apply", "-auto-approve", "-no-color", "-input=false")
    first = workshop.plan(body, "-refresh=true")
    s3.put_bucket_versioning(Bucket="vault", VersioningConfiguration={"Status": "Suspended"})
    restoring = workshop.plan(body, "-refresh=true")
    adopted = copy.deepcopy(_DRIFTING)
    adopted["aws_s3_bucket_versioning"]["v"]["versioning_configuration"]["status"] = "Suspended"
    adopting = workshop.plan({"resource": adopted}, "-refresh=true")
    return {"drift-noise": whole(first), "drift-restored": whole(restoring), "drift-adopted": whole(adopting)}


def _import(workshop: Workshop, s3: Any) -> Json:
    (workshop.folder / "terraform.tfstate").unlink(missing_ok=True)
    s3.create_bucket(Bucket="found")
    s3.put_bucket_versioning(Bucket="found", VersioningConfiguration={"Status": "Enabled"})
    result = {}
    for set_, status in (("flagged", "Suspended"), ("near", "Enabled")):
        versioning = {"v": {"bucket": "found", "versioning_configuration": {"status": status}}}
        block = {"to": "aws_s3_bucket_versioning.v", "id": "found"}
        body = {"resource": {"aws_s3_bucket_versioning": versioning}, "import": [block]}
        result[f"plan-import-with-changes__{set_}"] = whole(workshop.plan(body, "-refresh=true"))
    return result


def main(names: list[str]) -> None:
    """Write the file anew, or only the named scenarios in it."""
    target = CORPUS / "scenarios.json"
    result: Json = json.loads(target.read_text()) if names else {}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        result |= without_a_service(Workshop(Path(folder), provider=_ALIASED), names)
        if not names:
            result |= with_a_service(Path(other))
    target.write_text(dump(result))


if __name__ == "__main__":
    main(sys.argv[1:])
