"""The sandbox's own door beside AWS's API: is it up, which faults are on, follow the plans now.

Everything but the health needs the secret of the run, which only the sandbox's own files hold.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping

from holdfast.sandbox.backup_service.arns import Home
from holdfast.sandbox.backup_service.errors import ServiceAnswer
from holdfast.sandbox.backup_service.faults import BadFault, Fault
from holdfast.sandbox.backup_service.protocol import Answer, Values
from holdfast.sandbox.backup_service.scheduling import run_plans
from holdfast.sandbox.backup_service.world import World

PREFIX = "/_holdfast/"
HEALTH, FAULTS, PLANS = f"{PREFIX}health", f"{PREFIX}faults", f"{PREFIX}run-plans"


def control(
    world: World, run: str, secret: str, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    """Answer a request to one of these paths.

    Args:
        run: id of the sandbox's run, repeated by the health.
        secret: the run's secret, expected as a bearer token.
        headers: with names in lower case.
    """
    if (method, target) == ("GET", HEALTH):
        return _json(200, {"service": "aws-backup", "run": run})
    if not hmac.compare_digest(headers.get("authorization", "").encode(), f"Bearer {secret}".encode()):
        return _json(403, {"message": "not the secret of this run"})
    try:
        document = json.loads(body) if body.strip() else {}
        if (method, target) == ("GET", FAULTS):
            return _json(200, {"faults": world.faults.document()})
        if (method, target) == ("PUT", FAULTS):
            world.faults.switch_on([Fault.of(each) for each in document["faults"]])
            return _json(200, {"faults": world.faults.document()})
        if (method, target) == ("POST", PLANS):
            names = frozenset(document["plans"]) if "plans" in document else None
            begun = run_plans(world, Home(world.account, str(document["region"])), names)
            return _json(200, {"jobs": [each.id for each in begun]})
    except BadFault as error:
        return _json(400, {"message": str(error)})
    except ServiceAnswer as error:
        return _json(error.status, {"message": error.message})
    except (ValueError, KeyError, TypeError) as error:
        return _json(400, {"message": f"not understood: {type(error).__name__}: {error}"})
    return _json(404, {"message": f"nothing at {method} {target}"})


def _json(status: int, document: Values) -> Answer:
    return Answer(status, json.dumps(document).encode(), {"Content-Type": "application/json"})
