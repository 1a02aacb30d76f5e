"""Proofs of base and head (`holdfast prove --json`, kept as `proofs.json` beside the stacks), and what they lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.review.errors import StacksUnreadable
from holdfast.review.finding import Finding, Json, Origin
from holdfast.review.rules import CATALOGUE
from holdfast.review.strict_json import NotStrictJson, decode
from holdfast.review.words import quoted

FILE = "proofs.json"
STACK = "proofs"
"""Findings about proofs belong to no stack; this stands in its place."""

_RANK = {"refuted": 0, "conditional": 1, "proved": 2}
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement about an environment, as `holdfast prove --json` has it."""

    id: str
    subject: str
    verdict: str
    bound: float | None
    limit: float | None
    because: str

    @property
    def of(self) -> str:
        """What it is about: coverage, rpo, rto, lock, key or plan."""
        return self.id.partition(".")[0]


Proofs = Mapping[str, Proof]


def load_proofs(folder: Path) -> dict[str, Proof] | None:
    """The proofs in `folder/proofs.json` by id, None where there is no such file.

    Raises:
        StacksUnreadable: the file is not what `holdfast prove --json` prints.
    """
    path = folder / FILE
    try:
        document = decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StacksUnreadable(path=path, problem=error.strerror or str(error)) from None
    except NotStrictJson as error:
        raise StacksUnreadable(path=path, problem=error.problem) from None
    schema = document.get("schema") if isinstance(document, dict) else None
    listed = document.get("proofs") if isinstance(document, dict) else None
    if schema != "holdfast.prove/1" or not isinstance(listed, list):
        raise StacksUnreadable(path=path, problem="it is not what `holdfast prove --json` prints")
    found = [_proof(item, path) for item in listed]
    if len({proof.id for proof in found}) != len(found):
        raise StacksUnreadable(path=path, problem="two proofs have one id")
    return {proof.id: proof for proof in found}


def _proof(item: Json, path: Path) -> Proof:
    if isinstance(item, dict):
        texts = [item.get(name) for name in ("id", "subject", "verdict", "because")]
        bound, limit = item.get("bound_seconds"), item.get("limit_seconds")
        usable = all(n is None or (isinstance(n, int | float) and not isinstance(n, bool)) for n in (bound, limit))
        if all(isinstance(text, str) for text in texts) and item["verdict"] in _RANK and usable:
            return Proof(item["id"], item["subject"], item["verdict"], bound, limit, item["because"])
    raise StacksUnreadable(path=path, problem="a proof is not shaped like one")


def proofs_lost(base: Proofs | None, head: Proofs | None) -> list[Finding]:
    """What base proves and head does not, or only for less; nothing where base has no proofs."""
    if base is None:
        return []
    if head is None:
        return [_finding("proof-missing", "(all)", "", "", len(base), None)]
    dropped = _dropped(base, head)
    found = [
        _finding("dataset-excluded" if why else "dataset-dropped", subject, "", why, "selected", "left out")
        for subject, why in dropped.items()
    ]
    for id_, old in base.items():
        if old.subject not in dropped:
            found.extend(_compared(old, head.get(id_)))
    return found


def _selected(proofs: Proofs) -> set[str]:
    """The datasets something backs up, on purpose or by a statement that fails."""
    return {p.subject for p in proofs.values() if p.of == "coverage" and not p.id.endswith(".exclusion")}


def _dropped(base: Proofs, head: Proofs) -> dict[str, str]:
    """The datasets of base that head does not select, and what head says of it."""
    gone = sorted(_selected(base) - _selected(head))
    return {name: next((p.because for p in head.values() if p.subject == name), "") for name in gone}


def _compared(old: Proof, new: Proof | None) -> Iterator[Finding]:
    if new is None:
        if old.verdict != "refuted":
            yield _finding("proof-gone", old.subject, old.id, "", old.verdict, None)
        return
    if _RANK[new.verdict] < _RANK[old.verdict]:
        rule = "proof-refuted" if new.verdict == "refuted" else "proof-conditional"
        yield _finding(rule, old.subject, old.id, new.because, _words(old), _words(new))
    elif _worse(old, new):
        yield _finding("proof-bound-worse", old.subject, old.id, new.because, _spell(old.bound), _spell(new.bound))
    if old.of in ("rpo", "rto") and old.limit is not None and (new.limit is None or new.limit > old.limit):
        yield _finding("objective-loosened", old.subject, old.id, "", _spell(old.limit), _spell(new.limit))


def _worse(old: Proof, new: Proof) -> bool:
    """Whether more can be lost, it can take longer, or less is kept. No figure means no bound."""
    if old.of in ("rpo", "rto"):
        return old.bound is not None and (new.bound is None or new.bound > old.bound)
    kept = old.of == "lock" and old.id.endswith("retention")
    return kept and new.bound is not None and (old.bound is None or new.bound < old.bound)


def _words(proof: Proof) -> str:
    return f"{proof.verdict}, {_spell(proof.bound)}" if proof.bound is not None else proof.verdict


def _spell(seconds: float | None) -> str:
    if seconds is None:
        return "no figure"
    parts, rest = [], seconds
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        whole, rest = divmod(rest, size)
        if whole:
            parts.append(f"{whole:.0f} {unit}")
    return " ".join([*parts, f"{rest:g} s"] if rest or not parts else parts)


def _finding(id_: str, subject: str, path: str, why: str, before: Json, after: Json) -> Finding:
    rule = CATALOGUE[id_]
    change = f"{quoted(before)} → {quoted('nothing' if after is None else after)}"
    because = f" ({quoted(why)})" if why else ""
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        kind=rule.kind,
        stack=STACK,
        address=subject,
        path=path,
        before=before,
        after=after,
        message=f"{rule.title}: {change}{because}. {rule.risk}",
        origin=Origin.PROOFS,
    )
