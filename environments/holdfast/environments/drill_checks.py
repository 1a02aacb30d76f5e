"""What has to hold for the network drills restore into, and for restore tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Network

from holdfast.environments.durations import format_duration
from holdfast.environments.faults import Fault, within
from holdfast.environments.model import Drill, Environment, RestoreTests
from holdfast.objectives.errors import BadSchedule
from holdfast.objectives.schedule import parse_schedule

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def check_drill(environment: Environment) -> Iterator[Fault]:
    """The faults of `drill`.

    Sources: Amazon VPC user guide, "VPC CIDR blocks"; AWS Backup developer guide, "Restore testing".
    """
    drill = environment.drill
    yield from _network(drill)
    if len(set(drill.zones)) < len(drill.zones):
        yield Fault("drill.zones", "names a zone twice", ", ".join(drill.zones), "each zone once")
    yield from _restore_tests(drill.restore_tests)


def _network(drill: Drill) -> Iterator[Fault]:
    hint = "it is joined to no other network, so any range of RFC 1918 will do"
    try:
        network = IPv4Network(drill.network)
    except ValueError as error:
        allowed = "a range such as 10.255.0.0/24, with no bit set after its prefix"
        yield Fault("drill.network", f"is no address range: {error}", drill.network, allowed, hint)
        return
    if not network.is_private or not 16 <= network.prefixlen <= 26:
        allowed = "private addresses, /16 to /26"
        yield Fault("drill.network", "is no range for a network of its own", drill.network, allowed, hint)
    elif network.prefixlen + max(len(drill.zones) - 1, 1).bit_length() > 28:
        zones = f"{len(drill.zones)} zones"
        yield Fault("drill.network", f"is too small for {zones}", drill.network, "a /28 or more for each zone", hint)


def _restore_tests(tests: RestoreTests) -> Iterator[Fault]:
    path = "drill.restore_tests"
    for name, value, low in (
        ("start_window", tests.start_window, _HOUR),
        ("validate_within", tests.validate_within, 0 * _HOUR),
    ):
        if value % _HOUR or not low <= value <= 168 * _HOUR:
            allowed = f"whole hours, {format_duration(low)} to 168h"
            yield Fault(f"{path}.{name}", "cannot be asked for", format_duration(value), allowed)
    why = "restore testing takes recovery points of the last 1 to 365 days"
    yield from within(f"{path}.window", tests.window, _DAY, 365 * _DAY, why=why)
    try:
        parse_schedule(tests.schedule, "UTC")
    except BadSchedule as error:
        found = error.values
        problem = f"{found['field']}: {found['problem']} ({found['value']})"
        yield Fault(f"{path}.schedule", problem, repr(tests.schedule), str(found["allowed"]), error.hint)
