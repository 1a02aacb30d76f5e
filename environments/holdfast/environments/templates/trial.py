"""A rendered environment, tried before anything is written: it has to load and to keep its promises."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from holdfast.environments.errors import InvalidEnvironment
from holdfast.environments.loading import load_environment
from holdfast.environments.model import Environment
from holdfast.environments.proving import prove_environment
from holdfast.environments.templates.errors import AnswersBreakPromises, AnswersMakeNoEnvironment, TemplateNotUsable
from holdfast.errors import EnvironmentFileError
from holdfast.objectives.proof import Report, Verdict


@dataclass(frozen=True)
class Trial:
    """An environment that loads, and what is proved of it."""

    environment: Environment
    report: Report


def try_environment(name: str, template: str, text: str, now: datetime) -> Trial:
    """Load and prove the text of an environment file.

    Args:
        name: of the environment.
        template: name of the template, for messages.
        text: of the environment file; it extends nothing.
        now: the moment of the proof.

    Raises:
        BadEnvironmentName: the name is no name of an environment.
        AnswersMakeNoEnvironment: a value is not allowed, or does not go with another.
        AnswersBreakPromises: a proof refutes it.
        TemplateNotUsable: the template does not render YAML.
    """
    with tempfile.TemporaryDirectory(prefix="holdfast-") as folder:
        Path(folder, f"{name}.yaml").write_text(text, encoding="utf-8")
        try:
            environment = load_environment(name, Path(folder)).environment
        except InvalidEnvironment as error:
            problems = "; ".join(f"{each.field} {each.problem} (got {each.value}; allowed: {each.allowed})"
                                 for each in error.problems)  # fmt: skip
            hint = next((each.hint for each in error.problems if each.hint), None)
            raise AnswersMakeNoEnvironment(hint=hint, problems=problems) from None
        except EnvironmentFileError as error:
            line = error.source.line if error.source else None
            problem = error.template.format(**error.values)
            raise TemplateNotUsable(name=template, problem=f"line {line} of the environment file: {problem}") from None
    report = prove_environment(environment, now)
    refuted = report.with_verdict(Verdict.REFUTED)
    if refuted:
        proofs = "; ".join(f"{proof.id}: {proof.because}" for proof in refuted)
        raise AnswersBreakPromises(proofs=proofs)
    return Trial(environment, report)
