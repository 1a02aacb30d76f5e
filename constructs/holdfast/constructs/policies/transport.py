"""Bucket policy statements about the wire."""

from __future__ import annotations

from holdfast.constructs.policies.document import Statement, deny
from holdfast.constructs.transport import Transport


def no_plain_http(bucket_arn: str) -> Statement:
    """Threat: somebody on the network reads or changes a backup on its way. Requests without TLS are denied."""
    everything = (bucket_arn, f"{bucket_arn}/*")
    return deny("OnlyTls", ["s3:*"], on=everything, when={"Bool": {"aws:SecureTransport": "false"}})


def no_old_tls(bucket_arn: str, transport: Transport) -> Statement:
    """Threat: a downgrade to a TLS version with known weaknesses. Older versions are denied."""
    everything = (bucket_arn, f"{bucket_arn}/*")
    return deny("OnlyRecentTls", ["s3:*"], on=everything, when={"NumericLessThan": {"s3:TlsVersion": transport.value}})
