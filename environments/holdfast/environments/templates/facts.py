"""What templates may name besides the answers: names and lists computed from the environment, never in a template."""

from __future__ import annotations

from typing import Any

from holdfast.environments.datasets import Dataset, DatasetKind
from holdfast.environments.model import Environment
from holdfast.environments.names import IN_THE_BACKUP_ACCOUNT, Names
from holdfast.environments.templates.catalogue import Template
from holdfast.environments.templates.place import Place
from holdfast.environments.templates.question import Answer

_PUSHED = frozenset({DatasetKind.S3, DatasetKind.FILES, DatasetKind.CONFIGURATION})
"""Kinds that are kept as backup sets, which `object-recovery` restores."""

_SAMPLE = 200
"""Files a scheduled drill restores, drawn anew each time: enough to notice, few enough for the disk of a runner."""

CRON = {"daily": "23 4 * * *", "weekly": "23 4 * * 1", "monthly": "23 4 1 * *"}
"""Off the hour, when every other schedule of the world begins."""


def first_facts(name: str, template: Template, answers: dict[str, Answer], place: Place) -> dict[str, Any]:
    """What is known before there is an environment: enough for the environment file."""
    organization, account = answers["organization"], answers["backup_account"]
    alias = f"alias/holdfast-{name}-state"
    record = place.record_file(name)
    return {
        **answers,
        "name": name,
        "environments": place.relative,
        "schema": "../" * place.depth + "docs/schemas/environment.schema.json",
        "written": f"Written by holdfast env new from the template {template.name}; answers in {record}",
        "state_bucket": f"{organization}-{name}-tfstate-{account}",
        "state_key_alias": alias,
        "state_kms_key_id": f"arn:aws:kms:{answers['recovery_region']}:{account}:{alias}",
    }


def second_facts(environment: Environment, answers: dict[str, Answer]) -> dict[str, Any]:
    """What the environment adds: for pipelines and the bootstrap."""
    names = Names(environment)
    return {
        "prefix": names.prefix,
        "sides": _sides(environment),
        "operator": names.role_arn("operator"),
        "restores": [_restore(each, answers) for each in environment.datasets if each.kind in _PUSHED],
        "drill_cron": _cron(str(answers["drills"])),
        "suppressions": f"suppressions/{environment.environment}.yaml",
    }


def _cron(often: str) -> str:
    return CRON.get(often, CRON["weekly"])


def _sides(environment: Environment) -> list[dict[str, Any]]:
    """The accounts, in the order they are applied, each with its stacks, roles and the options that select them."""
    names, accounts, regions = Names(environment), environment.accounts, environment.regions
    parts: list[tuple[str, str, tuple[str, ...]]]
    if accounts.backup == accounts.workload:
        parts = [(accounts.workload, regions.primary, names.parts)]
    else:
        theirs = tuple(part for part in names.parts if part in IN_THE_BACKUP_ACCOUNT)
        ours = tuple(part for part in names.parts if part not in IN_THE_BACKUP_ACCOUNT)
        parts = [(accounts.backup, regions.recovery, theirs), (accounts.workload, regions.primary, ours)]
    return [
        {
            "account": account,
            "region": region,
            "planner": names.role_arn("planner", account=account),
            "deployer": names.role_arn("deployer", account=account),
            "stacks": [names.stack(part) for part in stacks],
            "options": "".join(f" --stack {names.stack(part)}" for part in stacks) if len(parts) > 1 else "",
        }
        for account, region, stacks in parts
    ]


def _restore(dataset: Dataset, answers: dict[str, Answer]) -> dict[str, Any]:
    tenant = answers.get("drill_tenant", "drill-canary")
    scope = f" --tenant {tenant}" if dataset.tenants else ""
    return {"dataset": dataset.name, "options": f"{scope} --sample {_SAMPLE}"}
