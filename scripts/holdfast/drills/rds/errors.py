"""What keeps an RDS instance from being restored, in the service's own words where it has some."""

from __future__ import annotations

from holdfast.aws.errors import ServiceUnreachable
from holdfast.errors import InputError, ServiceError


class NotAnInstance(InputError):
    """The dataset is not one of RDS instances."""

    template = "drill rds restores instances of RDS; dataset {dataset} is of kind {kind}"


class NotAnRdsSnapshot(InputError):
    """What --set names is no snapshot of the dataset there."""

    template = "{name!r} is not a snapshot of {dataset} in {region}; there are: {there}"
    hint = "--set latest takes the newest one; without --set the drill goes back to a point in time"


class ConnectionNeeded(InputError):
    """Rows are counted in the source, and nothing says how to connect to it."""

    template = "the rows of {dataset} are counted in its instance: say with --dsn how to connect"
    hint = "as somebody who may read every table: --dsn 'service=…', with the password in a password file"


class InstanceNotTold(InputError):
    """The connection string leads to none of the dataset's instances by name, and there is not just one."""

    template = "nobody can tell which instance of {dataset} in {region} that is; there are: {there}"
    hint = "write the instance's own endpoint as host into --dsn"


class NoCertificates(InputError):
    """The authority of RDS's certificates is not on this machine, so nobody could tell the server from another."""

    template = "the certificates RDS servers are signed with are not in {path}"
    hint = (
        "download https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem and name it in PGSSLROOTCERT, "
        "or keep it there"
    )


class InstanceNotRestored(ServiceError):
    """RDS gave up on the instance."""

    template = "instance {instance} is {status}: {meaning}"


class InstanceUnfinished(ServiceError):
    """RDS takes longer than a drill waits."""

    template = "instance {instance} was still {status} after {seconds:.0f} s"
    hint = "three times the objective is how long a drill waits; a sweep removes the instance once it can be deleted"


class NotThisDrills(ServiceError):
    """There is an instance of the drill's name, and it does not carry the drill's tag."""

    template = "instance {instance} is there and was not made by this drill: nothing is restored over it"


class InstanceUnreachable(ServiceUnreachable):
    """The restored instance cannot be reached from here, which says nothing of it."""

    template = "the restored instance {instance} does not answer on port {port} from here: {problem}"
    hint = "run the drill where the network of what is restored can be reached"
