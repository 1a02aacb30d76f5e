"""Records and findings as text for people. What comes from a file is shown with its control characters escaped."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.evidence.fields import format_instant, printable
from holdfast.evidence.signed_record import SignedRecord
from holdfast.evidence.verification import Scope, Trust, Verification

_HEAD = ("SEQ", "TIME", "KIND", "DATASET", "VERDICT", "DIGEST", "SIGNED BY")
_SHORT = 12

TRUST = {
    Trust.PASSED: "by the keys that were passed",
    Trust.SAME_FOLDER: (
        "by keys taken from the same folder: this shows that nothing was changed since, not who signed "
        "(pass the signer's key with --key)"
    ),
}


SIGNERS = {
    False: "signed with a key in KMS",
    True: "signed with a machine's own key, not the environment's: it shows what happened to who trusts that machine",
}


def records_table(result: Verification) -> str:
    """The records that verify, one a line, in the order of their chains."""
    return _columns([_HEAD, *(_row(record) for _, record in result.records)])


def verification_text(result: Verification, what: str) -> str:
    """What was verified, with which trust, every finding, and the heads to keep elsewhere."""
    if not (result.records or result.findings):
        return f"no evidence of {printable(what)} here yet"
    lines = [f"refused  {printable(each.where)}: {printable(each.message)} [{each.code}]" for each in result.findings]
    count = len(result.records)
    of = sorted({record.entry.identity.environment for _, record in result.records})
    whose = f" of {', '.join(printable(each) for each in of)}" if of else ""
    lines.append(f"{count} record{'' if count == 1 else 's'}{whose} verified, {TRUST[result.trust]}")
    if result.scope is Scope.RECORD:
        lines.append("this record alone; verify its folder to see that none is missing around it")
    signers = {record.chain.key: record.signer.key for _, record in result.records}
    lines += [
        f"head     {digest} (chain {key[:_SHORT]}, {SIGNERS[signers[key].is_machines_own]})"
        for key, digest in result.heads.items()
    ]
    if result.findings:
        findings = len(result.findings)
        lines.append(f"{printable(what)} DOES NOT VERIFY: {findings} finding{'' if findings == 1 else 's'}")
    return "\n".join(lines)


def _row(record: SignedRecord) -> tuple[str, ...]:
    entry = record.entry
    return (
        str(record.chain.sequence),
        format_instant(entry.recorded_at),
        f"{entry.identity.kind.value} {entry.identity.name}",
        entry.objective.dataset if entry.objective else "-",
        entry.result.verdict.value,
        record.digest[:_SHORT],
        f"{record.chain.key[:_SHORT]} {record.signer.key.algorithm}",
    )


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEAD))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
