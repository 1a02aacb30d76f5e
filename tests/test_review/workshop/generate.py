"""Write the corpus: `python tests/test_review/workshop/generate.py [NAME…]` for the named case files, or for all.

Each case of `cases/*.yaml` becomes resources in one Terraform configuration: `<rule>__flagged` and `<rule>__near`, both
starting from the base of their type. The changes of the real plan are kept without the attributes that are neither
configured, nor changed, nor looked at by a rule. Needs Terraform and the AWS provider in a filesystem mirror; nothing
else, and no network. Attributes the mirrored provider does not have yet are edited into the real plan afterwards; such
cases say `by_hand` and why.
"""

from __future__ import annotations

import copy
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from real_plans import Json, Workshop
from ruamel.yaml import YAML

from holdfast.review.rules import CATALOGUE

HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus"
SETS = ("flagged", "near")


def cases(name: str) -> Json:
    """One case file."""
    document: Json = YAML(typ="safe").load((HERE / "cases" / f"{name}.yaml").read_text())
    return document


def edited(base: Json, edits: Json | None) -> Json:
    """A configuration or plan value with dotted paths set; `null` removes, `$json` values become JSON text."""
    result = copy.deepcopy(base)
    for path, value in (edits or {}).items():
        *way, last = [int(part) if part.isdigit() else part for part in str(path).split(".")]
        target: Any = result
        for part in way:
            if isinstance(target, dict) and part not in target:
                target[part] = {}
            target = target[part]
        if value is None and isinstance(target, dict):
            target.pop(last, None)
        elif value is None:
            target.pop(last)
        elif isinstance(target, list) and last == len(target):
            target.append(value)
        else:
            target[last] = value
    return result


def resolved(value: Any) -> Any:
    """The value with every `{$json: …}` replaced by JSON text."""
    if isinstance(value, dict):
        if set(value) == {"$json"}:
            return json.dumps(resolved(value["$json"]))
        return {key: resolved(item) for key, item in value.items()}
    return [resolved(item) for item in value] if isinstance(value, list) else value


def configurations(document: Json) -> tuple[Json, Json]:
    """The configuration before and after, over all cases of a file."""
    before: Json = {}
    after: Json = {}
    for name, case in document["cases"].items():
        base = edited(document["bases"][case["type"]], case.get("before"))
        for set_ in SETS:
            resource = f"{name}__{set_}"
            change = case.get(set_, {}) if "by_hand" not in case else {}
            if change != "create":
                before.setdefault(case["type"], {})[resource] = resolved(base)
            if change == "create":
                after.setdefault(case["type"], {})[resource] = resolved(base)
            elif change != "gone":
                after.setdefault(case["type"], {})[resource] = resolved(edited(base, change))
    return {"resource": before}, {"resource": after}


def slim(change: Json, configured: set[str]) -> Json:
    """A change of a real plan without the attributes nobody asks about."""
    body = change["change"]
    before, after = body.get("before") or {}, body.get("after") or {}
    rules = [rule for rule in CATALOGUE.values() if change["type"] in rule.types]
    asked = {name for rule in rules for name in (rule.path.names[:1] or tuple(rule.reading.field.split("."))[:1])}
    asked |= {name for rule in rules for name in rule.attached.split("|")} | {"name", "bucket", "region", "arn"}
    moved = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    kept = configured | asked | moved

    def cut(tree: Any) -> Any:
        return {name: item for name, item in tree.items() if name in kept} if isinstance(tree, dict) else tree

    values = {tree: cut(body[tree]) for tree in ("before", "after") if tree in body}
    shadows = {tree: cut(body[tree]) for tree in ("after_unknown", "before_sensitive", "after_sensitive")}
    return {
        **{key: change[key] for key in ("address", "mode", "type", "name", "action_reason") if key in change},
        "change": {
            **{key: body[key] for key in ("actions", "replace_paths") if key in body},
            **values,
            **{tree: shadow for tree, shadow in shadows.items() if "true" in json.dumps(shadow)},
        },
    }


def corpus(workshop: Workshop, name: str, *, whole: bool = False) -> Json:
    """The changes of a case file, by `<rule>__<set>`; `whole` keeps every attribute."""
    document = cases(name)
    plan = workshop.transition(*configurations(document))
    changes = {change["name"]: change for change in plan["resource_changes"]}
    result: Json = {}
    for rule, case in document["cases"].items():
        base = edited(document["bases"][case["type"]], case.get("before"))
        for set_ in SETS:
            edits = case.get(set_) if isinstance(case.get(set_), dict) and "by_hand" not in case else None
            configured = set(base) | set(edited(base, edits))
            change = changes[f"{rule}__{set_}"]
            change = change if whole else slim(change, configured)
            if "by_hand" in case:
                change = by_hand(change, case, set_)
            configuration = {"address": change["address"], "expressions": {name: {} for name in sorted(configured)}}
            result[f"{rule}__{set_}"] = {"change": change, "configuration": configuration}
    return result


def by_hand(change: Json, case: Json, set_: str) -> Json:
    """Edit into a real plan what the mirrored provider cannot plan."""
    body = change["change"]
    before = edited(body["before"], case.get("plan_before"))
    after = edited(before, case.get(set_))
    actions = ["update"] if before != after else ["no-op"]
    return {**change, "change": {**body, "actions": actions, "before": before, "after": after}}


def dump(document: Json) -> str:
    """One change a line, so that a difference shows the case."""
    lines = ",\n".join(
        f"{json.dumps(key)}: {json.dumps(value, sort_keys=True, separators=(',', ':'))}"
        for key, value in document.items()
    )
    return "{\n" + lines + "\n}\n"


def main(names: list[str]) -> None:
    """Write the corpus files."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        for name in names or sorted(path.stem for path in (HERE / "cases").glob("*.yaml")):
            (CORPUS / f"{name}.json").write_text(dump(corpus(workshop, name)))
            sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
