"""Ports asked for on the command line: each names an emulator there is, and a port there can be."""

from __future__ import annotations

import pytest

from holdfast.sandbox import asked_ports, emulators
from holdfast.sandbox.errors import NotAServicePort


def test_a_port_can_be_asked_for_every_emulator():
    others = [f"{each.name}={number}" for number, each in enumerate(emulators.EMULATORS, 5000)]

    assert set(asked_ports(None, None, others)) == {each.name for each in emulators.EMULATORS}
    assert asked_ports(4000, 4001, ()) == {"ministack": 4000, "aws-backup": 4001}
    assert asked_ports(None, None, ()) == {}


@pytest.mark.parametrize("text", ["", "ebs", "ebs=", "ebs=many", "ebs=0", "ebs=65536", "ebs=-1", "mars=5000", "=5000"])
def test_what_names_no_service_or_no_port_is_refused_with_what_is_allowed(text):
    with pytest.raises(NotAServicePort, match="ministack"):
        asked_ports(None, None, [text])


def test_each_service_is_served_by_one_process_and_all_others_by_the_emulator():
    services = [service for each in emulators.EMULATORS for service in each.services]

    assert len(services) == len(set(services))
    assert emulators.serving("ec2") is emulators.serving("ebs") is emulators.EBS
    assert emulators.serving("s3") is emulators.serving("") is emulators.MINISTACK
