"""While a Region is taken for lost, nothing reaches it, and whoever tried is listed."""

from __future__ import annotations

import pytest
from botocore.awsrequest import AWSRequest
from local_aws import PRIMARY, RECOVERY

from holdfast.aws.errors import RegionDenied
from holdfast.aws.guard import RegionGuard

pytestmark = pytest.mark.sandbox


@pytest.fixture
def guarded(sessions):
    return sessions.guarded(regions=frozenset({PRIMARY}), buckets=frozenset({sessions.names.vault_bucket}))


def test_a_call_to_the_lost_region_is_stopped_and_listed(guarded):
    with pytest.raises(RegionDenied, match="us-east-1 is taken for lost"):
        guarded.client("s3", PRIMARY).list_buckets()

    assert [(each.service, each.operation, each.why) for each in guarded.guard.refused] == [
        ("s3", "ListBuckets", PRIMARY)
    ]


def test_a_call_to_the_other_region_goes_through(guarded):
    assert guarded.client("s3", RECOVERY).head_bucket(Bucket=guarded.names.replica_bucket)
    assert guarded.guard.refused == ()


def test_a_bucket_of_the_lost_region_cannot_be_reached_from_the_other_one(guarded):
    with pytest.raises(RegionDenied, match=guarded.names.vault_bucket):
        guarded.client("s3", RECOVERY).list_objects_v2(Bucket=guarded.names.vault_bucket)


def test_a_server_side_copy_from_the_lost_bucket_is_stopped(guarded):
    with pytest.raises(RegionDenied, match=guarded.names.vault_bucket):
        guarded.client("s3", RECOVERY).copy_object(
            Bucket=guarded.names.replica_bucket,
            Key="copy",
            CopySource={"Bucket": guarded.names.vault_bucket, "Key": "original"},
        )


def test_a_key_that_looks_like_the_lost_bucket_is_no_bucket(guarded):
    name = guarded.names.vault_bucket

    guarded.client("s3", RECOVERY).put_object(Bucket=guarded.names.replica_bucket, Key=f"{name}/x", Body=b"")

    assert guarded.guard.refused == ()


def test_no_credentials_are_asked_for_a_call_that_is_stopped(guarded):
    with pytest.raises(RegionDenied):
        guarded.client("s3", PRIMARY, role="backup-writer").list_buckets()

    assert [each.operation for each in guarded.guard.refused] == ["ListBuckets"]


def test_sts_is_asked_in_the_region_that_is_left(guarded):
    asked = []
    guarded.client("sts", RECOVERY).meta.events.register("before-send", lambda **event: asked.append(event["request"]))

    guarded.caller_arn()

    assert f"/{RECOVERY}/sts/" in asked[0].headers["Authorization"].decode()


def test_a_client_botocore_makes_for_itself_is_guarded_too(guarded):
    client = guarded._session(None, RECOVERY).create_client(
        "sts", region_name=PRIMARY, endpoint_url=guarded.endpoints.default
    )

    with pytest.raises(RegionDenied):
        client.get_caller_identity()


def test_a_request_that_is_signed_for_the_lost_region_is_stopped_at_the_wire(sessions):
    guard = RegionGuard(regions={PRIMARY})
    request = AWSRequest("GET", "http://127.0.0.1/", headers={"Authorization": _signed_for(PRIMARY)}).prepare()

    with pytest.raises(RegionDenied):
        guard._before_send(event_name="before-send.iam.ListRoles", request=request)

    assert guard.refused[0].service == "iam"


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.us-east-1.amazonaws.com/some-bucket",
        "https://lost-bucket.s3.us-west-2.amazonaws.com/key",
        "https://s3.us-west-2.amazonaws.com/lost-bucket/key",
        "https://s3.us-west-2.amazonaws.com/lost%2Dbucket/key",
    ],
)
def test_a_redirect_is_stopped_whatever_the_address_looks_like(url):
    guard = RegionGuard(regions={PRIMARY}, buckets={"lost-bucket"})

    with pytest.raises(RegionDenied):
        guard._before_send(event_name="before-send.s3.GetObject", request=AWSRequest("GET", url).prepare())


@pytest.mark.parametrize(
    "url", ["https://s3.us-west-2.amazonaws.com/a-bucket", "https://lost-bucket-2.s3.us-west-2.amazonaws.com/key"]
)
def test_other_addresses_pass(url):
    guard = RegionGuard(regions={PRIMARY}, buckets={"lost-bucket"})

    guard._before_send(event_name="before-send.s3.GetObject", request=AWSRequest("GET", url).prepare())

    assert guard.refused == ()


def test_guarding_twice_adds_up(guarded):
    twice = guarded.guarded(regions=frozenset({RECOVERY}))

    for region in (PRIMARY, RECOVERY):
        with pytest.raises(RegionDenied):
            twice.client("kms", region).list_keys()


def test_the_unguarded_sessions_stay_unguarded(sessions, guarded):
    assert sessions.client("s3", PRIMARY).head_bucket(Bucket=sessions.names.vault_bucket)


def _signed_for(region):
    return f"AWS4-HMAC-SHA256 Credential=AKIA/20261122/{region}/iam/aws4_request, SignedHeaders=host, Signature=0"
