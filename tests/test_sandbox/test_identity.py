"""Second factors and policy variables in the emulator's decisions, time passed in; over the wire in `test_restore`."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from holdfast.clock import ManualClock
from holdfast.sandbox.identity import EmulatorChanged, completed
from holdfast.sandbox.identity.totp import code_in, new_seed, otpauth, period_of

ACCOUNT = "000000000000"
NOW = datetime(2026, 11, 22, 8, 0, 5, tzinfo=UTC)
RFC_6238_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", appendix B


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds, code):
    # The vectors of RFC 6238, appendix B, have eight digits; the last six are what a device of six shows.
    moment = datetime.fromtimestamp(seconds, UTC)
    assert code_in(RFC_6238_SEED, period_of(moment)) == code[-6:]


def test_a_seed_is_random_base32_and_nothing_else_is_taken():
    assert re.fullmatch(r"[A-Z2-7]{32}", new_seed())
    assert new_seed() != new_seed()
    with pytest.raises(ValueError, match="Base32"):
        code_in("0189", 1)
    assert otpauth("arn:aws:iam::1:mfa/ada", RFC_6238_SEED).startswith("otpauth://totp/arn%3Aaws")


class Cloud:
    """The emulator's IAM and STS in this process, called without a server."""

    def __init__(self, clock):
        self.clock = clock
        from ministack.core import iam_evaluator
        from ministack.core.responses import set_request_account_id, set_request_region
        from ministack.services import iam, sts

        self.evaluator, self._iam, self._sts = iam_evaluator, iam, sts
        set_request_account_id(ACCOUNT)
        set_request_region("us-east-1")

    def call(self, service, action, key=ACCOUNT, **parameters):
        headers = {"authorization": f"AWS4-HMAC-SHA256 Credential={key}/20261122/us-east-1/{service}/aws4_request"}
        body = urlencode({"Action": action, **parameters}).encode()
        served = {"iam": self._iam, "sts": self._sts}[service].handle_request("POST", "/", headers, body, {})
        status, _, text = asyncio.run(served)
        return status, text.decode()

    def user(self, name):
        self.call("iam", "CreateUser", UserName=name, Path="/people/")
        return told(self.call("iam", "CreateAccessKey", UserName=name), "AccessKeyId")

    def device(self, user, name="phone"):
        serial = told(self.call("iam", "CreateVirtualMFADevice", VirtualMFADeviceName=name), "SerialNumber")
        seed = self._iam._mfa_devices[serial]["Base32StringSeed"]
        period = period_of(self.clock.now())
        self.enable(user, serial, code_in(seed, period - 1), code_in(seed, period))
        return serial, seed

    def enable(self, user, serial, first, second):
        codes = {"AuthenticationCode1": first, "AuthenticationCode2": second}
        return self.call("iam", "EnableMFADevice", UserName=user, SerialNumber=serial, **codes)

    def role(self, name, condition):
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
        statement = {**trust, "Condition": condition}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.call("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=document)

    def assume(self, name, key, **given):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        return self.call("sts", "AssumeRole", key, RoleArn=arn, RoleSessionName="session", **given)

    def request(self, **keys):
        return self.evaluator.EvalContext(
            principal_arn=f"arn:aws:iam::{ACCOUNT}:user/ada",
            principal_type="User",
            principal_account=ACCOUNT,
            action="s3:GetObject",
            resource_arn="arn:aws:s3:::vault/objects/acme/1",
            region="us-east-1",
            principal_keys=keys,
        )

    def decide(self, request, *statements):
        policy = self.evaluator.parse_policy_document({"Version": "2012-10-17", "Statement": list(statements)})
        return self.evaluator.evaluate(request, [policy]).decision


def told(answer, name):
    status, text = answer
    assert status == 200, text
    return re.search(f"<{name}>([^<]+)</{name}>", text)[1]


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def cloud(clock, monkeypatch):
    monkeypatch.setattr("ministack.app.AUTH", True)
    with completed(clock):
        cloud = Cloud(clock)
        yield cloud
        cloud._iam.reset()
        cloud._sts.reset()


FRESH = {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "900"}}


# --- devices ----------------------------------------------------------------------------------------------------------


def test_a_device_is_enabled_with_two_codes_it_shows_one_after_the_other(cloud, clock):
    cloud.user("ada")
    serial = told(cloud.call("iam", "CreateVirtualMFADevice", VirtualMFADeviceName="phone"), "SerialNumber")
    seed = cloud._iam._mfa_devices[serial]["Base32StringSeed"]
    now = period_of(clock.now())
    for wrong in (("000000", "000000"), (code_in(seed, now), code_in(seed, now)), (code_in(seed, now), ""), ("é", "é")):
        status, text = cloud.enable("ada", serial, *wrong)
        assert (status, "InvalidAuthenticationCode" in text) == (403, True), wrong
    assert cloud.enable("ada", serial, code_in(seed, now - 1), code_in(seed, now))[0] == 200


def test_two_devices_have_two_seeds(cloud):
    assert cloud.device(cloud.user("ada") and "ada", "one")[1] != cloud.device("ada", "other")[1]


# --- AssumeRole -------------------------------------------------------------------------------------------------------


def test_a_role_that_asks_is_taken_on_with_a_code_and_not_without(cloud, clock):
    key = cloud.user("ada")
    serial, seed = cloud.device("ada")
    cloud.role("asks", FRESH)

    assert cloud.assume("asks", key)[0] == 403
    code = code_in(seed, period_of(clock.now()))
    assert cloud.assume("asks", key, SerialNumber=serial, TokenCode=code)[0] == 200


@pytest.mark.parametrize("periods", [-3, -2, 2, 3])
def test_a_code_from_long_ago_or_ahead_does_not_count(cloud, clock, periods):
    key = cloud.user("ada")
    serial, seed = cloud.device("ada")
    cloud.role("asks", FRESH)
    code = code_in(seed, period_of(clock.now()) + periods)
    status, text = cloud.assume("asks", key, SerialNumber=serial, TokenCode=code)
    assert (status, "MultiFactorAuthentication failed" in text) == (403, True)


def test_no_code_counts_twice_nor_one_older_than_the_last(cloud, clock):
    key = cloud.user("ada")
    serial, seed = cloud.device("ada")
    cloud.role("asks", FRESH)
    now = period_of(clock.now())
    answers = [
        cloud.assume("asks", key, SerialNumber=serial, TokenCode=code_in(seed, now + ahead))[0]
        for ahead in (0, 0, -1, 1, 1, 0)
    ]
    assert answers == [200, 403, 403, 200, 403, 403]


@pytest.mark.parametrize(
    "given",
    [
        {"SerialNumber": "arn:aws:iam::000000000000:mfa/phone"},
        {"TokenCode": "123456"},
        {"SerialNumber": "arn:aws:iam::000000000000:mfa/nobody", "TokenCode": "123456"},
        {"SerialNumber": "arn:aws:iam::000000000000:mfa/phone", "TokenCode": "12345"},
        {"SerialNumber": "arn:aws:iam::000000000000:mfa/phone", "TokenCode": "١٢٣٤٥٦"},
    ],
)
def test_half_a_factor_or_none_is_refused_also_by_a_role_that_does_not_ask(cloud, given):
    key = cloud.user("ada")
    cloud.device("ada")
    cloud.role("trusts", {})
    assert cloud.assume("trusts", key)[0] == 200
    assert cloud.assume("trusts", key, **given)[0] == 403


def test_the_device_of_somebody_else_does_not_count_nor_one_taken_away(cloud, clock):
    ada, bob = cloud.user("ada"), cloud.user("bob")
    serial, seed = cloud.device("ada")
    cloud.role("asks", FRESH)
    factor = {"SerialNumber": serial, "TokenCode": code_in(seed, period_of(clock.now()))}
    assert cloud.assume("asks", bob, **factor)[0] == 403
    cloud.call("iam", "DeactivateMFADevice", UserName="ada", SerialNumber=serial)
    assert cloud.assume("asks", ada, **factor)[0] == 403


def test_the_session_of_a_role_says_nothing_of_the_factor_it_was_taken_on_with(cloud, clock):
    key = cloud.user("ada")
    serial, seed = cloud.device("ada")
    cloud.role("asks", FRESH)
    code = code_in(seed, period_of(clock.now()))
    session = told(cloud.assume("asks", key, SerialNumber=serial, TokenCode=code), "AccessKeyId")
    assert cloud.evaluator.resolve_principal(session, ACCOUNT).keys["aws:multifactorauthpresent"] == "false"


# --- GetSessionToken --------------------------------------------------------------------------------------------------


def test_a_session_of_a_user_carries_the_factor_until_it_is_too_old(cloud, clock):
    key = cloud.user("ada")
    serial, seed = cloud.device("ada")
    cloud.role("asks", FRESH)
    code = code_in(seed, period_of(clock.now()))
    session = told(cloud.call("sts", "GetSessionToken", key, SerialNumber=serial, TokenCode=code), "AccessKeyId")

    assert cloud.assume("asks", session)[0] == 200
    clock.advance(timedelta(minutes=14, seconds=59))
    assert cloud.assume("asks", session)[0] == 200
    clock.advance(timedelta(seconds=1))
    assert cloud.assume("asks", session)[0] == 403


def test_a_session_asked_for_without_a_code_has_no_factor(cloud):
    key = cloud.user("ada")
    cloud.role("asks", FRESH)
    session = told(cloud.call("sts", "GetSessionToken", key), "AccessKeyId")
    assert cloud.assume("asks", session)[0] == 403


# --- policy variables -------------------------------------------------------------------------------------------------


def allow(**more):
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}


OWN = "arn:aws:s3:::vault/objects/${aws:PrincipalTag/tenant}/*"
TENANT = "aws:principaltag/tenant"


@pytest.mark.parametrize(
    ("keys", "decision"),
    [
        ({TENANT: "acme"}, "Allow"),
        ({TENANT: "globex"}, "ImplicitDeny"),
        ({TENANT: "ACME"}, "ImplicitDeny"),
        ({TENANT: "*"}, "ImplicitDeny"),
        ({TENANT: "a?me"}, "ImplicitDeny"),
        ({TENANT: ""}, "ImplicitDeny"),
        ({}, "ImplicitDeny"),
    ],
)
def test_a_variable_in_a_resource_is_the_tag_of_the_session_and_never_a_pattern(cloud, keys, decision):
    assert cloud.decide(cloud.request(**keys), allow(Resource=OWN)) == decision


def test_a_denial_with_a_variable_denies_and_one_without_a_value_says_nothing(cloud):
    deny = {**allow(Resource=OWN), "Effect": "Deny"}
    assert cloud.decide(cloud.request(**{TENANT: "acme"}), allow(), deny) == "Deny"
    assert cloud.decide(cloud.request(**{TENANT: "*"}), allow(), deny) == "Deny"
    assert cloud.decide(cloud.request(), allow(), deny) == "Allow"


def test_an_exception_for_oneself_is_for_nobody_else(cloud):
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": OWN}
    assert cloud.decide(cloud.request(**{TENANT: "acme"}), allow(), deny) == "Allow"
    assert cloud.decide(cloud.request(**{TENANT: "globex"}), allow(), deny) == "Deny"
    assert cloud.decide(cloud.request(**{TENANT: "*"}), allow(), deny) == "Deny"


@pytest.mark.parametrize(
    ("pattern", "keys", "decision"),
    [
        ("objects/${aws:PrincipalTag/tenant}/*", {TENANT: "acme"}, "Allow"),
        ("objects/${aws:PrincipalTag/tenant}/*", {TENANT: "globex"}, "ImplicitDeny"),
        ("objects/${aws:PrincipalTag/tenant}/*", {}, "ImplicitDeny"),
        ("objects/${aws:PrincipalTag/tenant, 'acme'}/*", {}, "Allow"),
        ("objects/${aws:PrincipalTag/tenant, 'globex'}/*", {}, "ImplicitDeny"),
        (["objects/${aws:PrincipalTag/tenant}/*", "objects/acme/*"], {}, "Allow"),
    ],
)
def test_a_variable_in_a_condition(cloud, pattern, keys, decision):
    request = replace(cloud.request(**keys), service_context={"s3:prefix": "objects/acme/1"})
    assert cloud.decide(request, allow(Condition={"StringLike": {"s3:prefix": pattern}})) == decision


def test_a_star_written_as_a_variable_is_a_star(cloud):
    request = replace(cloud.request(), service_context={"s3:prefix": "a*b"})
    condition = {"StringEquals": {"s3:prefix": "a${*}b"}}
    assert cloud.decide(request, allow(Condition=condition)) == "Allow"


@pytest.mark.parametrize(
    ("body", "namespace"),
    [
        (b'{"Namespace": "Holdfast", "MetricData": []}', "Holdfast"),
        (b"Action=PutMetricData&Namespace=Holdfast", "Holdfast"),
        (b'{"Namespace": ["Holdfast"]}', None),
        (b'{"Namespace": "Hold', None),
        (b"\xa2iNamespaceh", None),
        (b"", None),
    ],
)
def test_the_namespace_of_metrics_is_that_of_the_request_or_nothing(cloud, body, namespace):
    import ministack.app

    ministack.app.pin_signed_body(body)
    assert cloud.evaluator._resolve_condition_key("cloudwatch:namespace", cloud.request()) == namespace


# --- the places -------------------------------------------------------------------------------------------------------


def test_everything_is_put_back(clock):
    from ministack.core import iam_evaluator
    from ministack.services import iam, sts

    def places():
        return (
            iam._IAM_HANDLERS["EnableMFADevice"],
            sts.handle_request,
            sts.register_session,
            iam_evaluator._first_match,
            iam_evaluator._conditions_met,
            iam_evaluator._principal_keys,
        )

    before = places()
    with completed(clock):
        assert not set(before) & set(places())
    assert places() == before


def test_another_version_of_the_emulator_does_not_start_half_made(clock, monkeypatch):
    from ministack.core import iam_evaluator
    from ministack.services import sts

    before = sts.handle_request
    monkeypatch.delattr(iam_evaluator, "_conditions_met")
    with pytest.raises(EmulatorChanged, match="_conditions_met"), completed(clock):
        pass
    assert sts.handle_request is before
