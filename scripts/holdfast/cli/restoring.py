"""What the restore commands put together from their options."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from holdfast.aws.elevation import SecondFactor
    from holdfast.aws.sessions import Sessions
    from holdfast.cli.settings import Settings
    from holdfast.evidence.interface import Signer
    from holdfast.restore.plan import RestorePlan
    from holdfast.restore.state import RestoreState

_SHORTEST_DIGEST = 12


def sessions_of(settings: Settings, name: str) -> Sessions:
    """Clients of an environment, as whoever runs this."""
    from holdfast.aws.endpoints import endpoints_for
    from holdfast.aws.sessions import Sessions

    environment = settings.load(name)
    return Sessions(environment, endpoints_for(environment, settings.home))


def planned(settings: Settings, name: str, options: dict[str, Any]) -> RestorePlan:
    """The plan the options ask for."""
    import random

    from holdfast.clock import SystemClock
    from holdfast.restore.erasure.reading import erased_of
    from holdfast.restore.planning import Wanted, make_plan
    from holdfast.restore.scope import scope_of
    from holdfast.restore.target import parse_target

    environment = settings.load(name)
    scope = scope_of(environment, options["dataset"], options["tenant"], everything=options["everything"])
    region = options["region"] or environment.regions.recovery
    wanted = Wanted(
        scope=scope,
        target=parse_target(options["target"], region=options["to_region"] or region),
        region=region,
        set_id=options["set_id"],
        before=moment("--before", options["before"]),
        overwrite=options["overwrite"],
        without=options["without"],
        reason=options["reason"],
    )
    sessions, clock = sessions_of(settings, name), SystemClock()
    erased = erased_of(environment, settings.home, clock, lambda: sessions)
    who = person(sessions, region, options["person"])
    return make_plan(
        environment, sessions, wanted, erased, home=settings.home, clock=clock, rng=random.SystemRandom(), who=who
    )


def approval_of(
    settings: Settings, name: str, plan: RestorePlan, options: dict[str, Any]
) -> tuple[bytes, dict[str, str]]:
    """The signed approval, and what it says in short."""
    from holdfast.clock import SystemClock
    from holdfast.evidence.fields import format_instant
    from holdfast.restore.approval import approve
    from holdfast.restore.errors import PlanForAnother, WrongDigest
    from holdfast.restore.principals import caller

    if plan.environment != name:
        raise PlanForAnother(planned=plan.environment, environment=name)
    told = options["digest"].strip().lower()
    if len(told) < _SHORTEST_DIGEST or not plan.digest.startswith(told):
        raise WrongDigest(digest=plan.digest, got=told)
    clock, sessions = SystemClock(), sessions_of(settings, name)
    begins = moment("--not-before", options["not_before"]) or clock.now()
    ends = begins + duration("--valid-for", options["valid_for"])
    approver = person(sessions, plan.region, options["person"]) or caller(sessions, plan.region)
    signer = approving_key(settings, name, options["kms_key"])
    data = approve(
        plan,
        approver=approver,
        signer=signer,
        environment=sessions.environment,
        not_before=begins,
        not_after=ends,
        comment=options["comment"],
        clock=clock,
    )
    said = {
        "approver": approver,
        "key": signer.public_key.keyid,
        "not_before": format_instant(begins),
        "not_after": format_instant(ends),
    }
    return data, said


def restored(settings: Settings, name: str, plan_path: Path, options: dict[str, Any]) -> RestoreState:
    """The restore the options ask for, at its end."""
    from dataclasses import replace

    from holdfast.audit.trail import AuditTrail
    from holdfast.clock import SystemClock
    from holdfast.restore.admission import Asked, check_plan
    from holdfast.restore.approval import read_approval_file
    from holdfast.restore.erasure.reading import erased_of
    from holdfast.restore.errors import ScopeTooWide
    from holdfast.restore.plan import read_plan
    from holdfast.restore.recording import restore_recorder
    from holdfast.restore.running import run
    from holdfast.restore.surroundings import Surroundings

    if options["break_glass"] and options["approval"] is not None:
        raise ScopeTooWide(one="--break-glass", other="--approval")
    plan = read_plan(plan_path)
    sessions, clock = sessions_of(settings, name), SystemClock()
    with _restorer(sessions, plan.region, options["person"]) as (restorer, who):
        asked = Asked(
            plan=plan,
            approval=None if options["approval"] is None else read_approval_file(options["approval"]),
            key=options["idempotency_key"],
            break_glass=options["reason"] if options["break_glass"] else None,
        )
        check_plan(plan, sessions.environment, asked)  # before anybody is asked for a code
        device = options["mfa_serial"] or _device_of(sessions, options["person"])
        asked = replace(asked, factor=second_factor(device, options["mfa_code"]))
        surroundings = Surroundings(
            environment=sessions.environment,
            home=settings.home,
            sessions=sessions,
            recorder=restore_recorder(sessions.environment, sessions, settings.home, settings.environments, clock),
            erased=erased_of(sessions.environment, settings.home, clock, lambda: sessions, seen=plan.erasure_head),
            trail=AuditTrail(settings.home, clock),
            clock=clock,
            who=who,
            restorer=restorer,
            say=lambda line: settings.human.print(f"· {line}", markup=False, soft_wrap=True),
        )
        return run(asked, surroundings)


@contextmanager
def _restorer(sessions: Sessions, region: str, name: str | None) -> Iterator[tuple[Sessions, str | None]]:
    """Who takes on the restore role, and their ARN where it is a made-up person of a sandbox."""
    from holdfast.restore.made_up import acting_as
    from holdfast.restore.principals import caller

    if name is None:
        yield sessions, None
        return
    with acting_as(sessions, region, name) as theirs:
        yield theirs, caller(theirs, region)


def _device_of(sessions: Sessions, name: str | None) -> str | None:
    """The device `holdfast sandbox mfa` gave a made-up person."""
    from holdfast.sandbox.authenticator import device_serial

    return None if name is None else device_serial(sessions.environment.accounts.workload, name)


def person(sessions: Sessions, region: str, name: str | None) -> str | None:
    """ARN of the made-up person of a sandbox; None for whoever calls."""
    from holdfast.restore.made_up import made_up_person

    return None if name is None else made_up_person(sessions, region, name)


def approving_key(settings: Settings, name: str | None, kms_key: str | None) -> Signer:
    """Who signs approvals: a KMS key, or this machine's own."""
    from holdfast.evidence.kms_signer import KmsSigner
    from holdfast.evidence.local_signer import LocalSigner

    if kms_key is None:
        return LocalSigner.at(settings.home)
    if name is None:
        raise click.UsageError("--kms needs --environment, to know which account to ask")
    sessions = sessions_of(settings, name)
    return KmsSigner(sessions.client("kms", sessions.environment.regions.recovery), kms_key)


def second_factor(serial: str | None, code: str | None) -> SecondFactor | None:
    """The second factor; its code is asked for on a terminal when it is left out."""
    from holdfast.aws.elevation import SecondFactor

    if serial is None:
        return None
    if code is None:
        if not sys.stdin.isatty():
            raise click.UsageError(
                "--mfa-code is missing, and there is no terminal to ask on (in a sandbox holdfast sandbox mfa shows it)"
            )
        code = click.prompt(f"MFA code of {serial}", hide_input=True, err=True, default="", show_default=False)
    return SecondFactor(serial, code.strip())


def moment(option: str, text: str | None) -> datetime | None:
    """A moment, or nothing.

    Raises:
        BadMoment: it is none, or says no time zone.
    """
    from holdfast.restore.errors import BadMoment

    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment(option=option, got=text) from None
    if found.tzinfo is None:
        raise BadMoment(option=option, got=text)
    return found


def duration(option: str, text: str) -> timedelta:
    """A duration.

    Raises:
        BadWindow: it is none.
    """
    from holdfast.environments.durations import parse_duration
    from holdfast.restore.errors import BadWindow

    try:
        return parse_duration(text)
    except ValueError as error:
        raise BadWindow(option=option, got=text, allowed=str(error)) from None
