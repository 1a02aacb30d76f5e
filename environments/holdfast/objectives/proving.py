"""All proofs of a declaration, in one call."""

from __future__ import annotations

from holdfast.objectives.coverage import prove_coverage
from holdfast.objectives.declaration import Declaration
from holdfast.objectives.exposure import Exposure
from holdfast.objectives.horizon import horizon_from
from holdfast.objectives.keys import prove_keys
from holdfast.objectives.locks import prove_locks
from holdfast.objectives.plan_limits import prove_plan_limits
from holdfast.objectives.proof import Report
from holdfast.objectives.rpo import prove_rpo
from holdfast.objectives.rto import prove_rto


def prove(declaration: Declaration) -> Report:
    """Prove what is declared: coverage, recovery points, recovery times, locks, keys and the limits of backup plans.

    Pure: the same declaration, which holds the moment it is proved at, gives the same report.
    """
    horizon = horizon_from(declaration.today)
    exposure = Exposure(declaration, horizon)
    return Report(
        (
            *prove_coverage(declaration),
            *prove_rpo(exposure),
            *prove_rto(exposure),
            *prove_locks(declaration),
            *prove_keys(declaration),
            *prove_plan_limits(declaration, horizon),
        )
    )
