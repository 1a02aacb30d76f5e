"""A repository to make environments in, answers worth trying, and a template of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdfast.environments.templates import Created, Place, create, find_template
from holdfast.environments.templates.answers import answer_all

NOW = datetime(2026, 11, 22, tzinfo=UTC)

ANSWERS: dict[str, dict[str, dict[str, str]]] = {
    "starter": {
        "defaults": {},
        "hourly, in Europe": {
            "rpo": "6h",
            "keep": "90d",
            "database": "dynamodb",
            "primary_region": "eu-central-1",
            "recovery_region": "eu-west-1",
        },
        "files only, one account": {
            "database": "none",
            "keep": "14d",
            "lock_mode": "GOVERNANCE",
            "workload_account": "222222222222",
        },
        "somebody YAML would stumble over": {
            "responsible": 'Zoë "the #1": 8/7, {on: call}',
            "escalation": "First: Zoë; #2, {then} - 'Max'",
            "keep": "1y",
        },
    },
    "saas-multitenant": {
        "defaults": {},
        "tenants by key, no contracts": {"database": "dynamodb", "enterprise": "false", "monthly": "none"},
        "a database for each tenant": {
            "database": "postgres",
            "isolation": "database",
            "monthly": "7y",
            "drill_tenant": "canary-1",
        },
    },
    "regulated": {
        "defaults": {},
        "shortest": {"retention": "1y", "archive": "false", "framework": "hipaa", "notify": "none"},
        "longest, by real plans": {
            "retention": "10y",
            "database": "aurora",
            "review_plan": "real",
            "drills": "monthly",
        },
    },
}

CASES = [(template, case) for template, cases in ANSWERS.items() for case in cases]

OWN = """\
version: 1
description: A template of one's own
extends: common
environment: environment.yaml.j2
questions:
  - {name: color, type: choice, allowed: [blue, green], default: blue, help: What to paint it}
files:
  - {source: note.txt.j2, target: "notes/{name}.txt", when: {color: [green]}}
"""


@dataclass(frozen=True)
class Repository:
    """A folder with environment files, empty at first."""

    root: Path

    @property
    def environments(self) -> Path:
        return self.root / "environments"

    @property
    def place(self) -> Place:
        return Place.of(self.environments)

    def make(self, name: str, template: str, **answers: str) -> Created:
        """Make an environment in it."""
        found = find_template(template, self.environments)
        return create(name, found, answer_all(found, answers), self.place, NOW)

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def own_template(self, manifest: str = OWN, **files: str) -> None:
        """A template `own` beside the environment files; `environment` and `note` replace its sources."""
        folder = "environments/templates/own"
        self.write(f"{folder}/template.yaml", manifest)
        self.write(f"{folder}/environment.yaml.j2", files.get("environment", _starter()))
        self.write(f"{folder}/note.txt.j2", files.get("note", "<{ color }>\n"))

    def contents(self) -> dict[str, bytes]:
        """Every file below the root."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}


def _starter() -> str:
    from holdfast.environments.templates.catalogue import SHIPPED

    text = (SHIPPED / "starter/environment.yaml.j2").read_text(encoding="utf-8")
    for answer, value in {"lock_mode": "COMPLIANCE", "keep": "35d", "rpo": "24h", "database": "rds"}.items():
        text = text.replace(f"<{{ {answer} }}>", value).replace(f"if {answer} ", f'if "{value}" ')
    return text


def arguments(answers: dict[str, Any]) -> list[str]:
    """Answers as `--set` options."""
    return [each for name, value in answers.items() for each in ("--set", f"{name}={value}")]
