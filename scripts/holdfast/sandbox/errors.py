"""What can go wrong with the sandbox, each in one sentence."""

from __future__ import annotations

from holdfast.errors import InputError, StorageError, ToolError


class EmulatorNotInstalled(ToolError):
    """The Python package of an emulator is not installed."""

    template = "the emulator {name} is not installed for {python}"
    hint = "install it with: pip install 'holdfast[sandbox]'"


class PortTaken(InputError):
    """A port the user asked for is in use."""

    template = "port {port} on 127.0.0.1, asked for with {option}, is in use"
    hint = "leave {option} out to take a free port, or stop the program that uses it"


class NotAServicePort(InputError):
    """`--service-port` names no service of the sandbox, or no port."""

    template = "--service-port {got!r}: allowed is NAME=PORT with one of {allowed} and a port of 1 to 65535"


class NoFreePort(ToolError):
    """An emulator found its port taken again and again."""

    template = "{name} found its port taken {attempts} times in a row, last {port}"
    hint = "something on this machine is taking ports quickly; try again"


class EmulatorDied(ToolError):
    """An emulator ended while it was started or used."""

    template = "the emulator {name} ended by itself; the end of {log}:\n{tail}"
    hint = "start again with: holdfast sandbox stop; holdfast sandbox start (what was applied in it is gone)"


class EmulatorNotReady(ToolError):
    """An emulator runs and does not answer in time."""

    template = "the emulator {name} did not answer at {url} within {seconds:.0f} s; the end of {log}:\n{tail}"
    hint = "the machine may be busy; try again, with a longer --timeout"


class NotServedHere(InputError):
    """A sandbox was asked to play an environment that is not one."""

    template = "environment {environment!r} is not marked sandbox: true; the sandbox serves no other"


class SandboxStopped(ToolError):
    """Another command stopped the sandbox while it was in use."""

    template = "the sandbox was stopped while it was in use"
    hint = "start it and apply again: holdfast sandbox start; holdfast apply sandbox"


class SandboxInAnotherAccount(InputError):
    """The running sandbox serves another account than the one asked for."""

    template = "the running sandbox serves account {running}, not {asked}"
    hint = "stop it first: holdfast sandbox stop"


class SandboxRecordDamaged(StorageError):
    """The file that records the sandbox's processes cannot be understood."""

    template = "the record of the sandbox's processes is damaged: {problem}"
    hint = "end the processes it names yourself, if they still run, and remove the file"


class SandboxNotWritable(StorageError):
    """The sandbox's folder cannot be written."""

    template = "cannot write in {path}: {reason}"
    hint = "free some space or choose another folder with HOLDFAST_HOME"


class ServersRemain(ToolError):
    """Servers of a run that died cannot be ended."""

    template = "PostgreSQL servers of the sandbox in {folder} cannot be ended: {problem}"
    hint = "run holdfast sandbox stop again as the user who started them"


class ControlRefused(InputError):
    """A service of the sandbox does not do what was asked of it beside AWS's API."""

    template = "the sandbox refuses: {because}"
    hint = "docs/sandbox.md lists the faults"


class NoFaultsThere(InputError):
    """A service was named in which nothing can be made to go wrong on purpose."""

    template = "there are no faults in service {service!r}; allowed: {allowed}"
    hint = "holdfast sandbox fault --service rds shows those that are on in RDS"


class FaultNotJson(InputError):
    """A fault on the command line is not a JSON object."""

    template = "a fault is a JSON object, such as {example}; got {got!r}"


class BackupJobsUnfinished(ToolError):
    """Jobs of the sandbox's AWS Backup run longer than one waits."""

    template = "backup or copy jobs are not over yet"
    hint = "is a delay switched on? holdfast sandbox fault"


class CannotSeed(InputError):
    """The sandbox cannot make a source for the dataset."""

    template = "no source can be made for dataset {dataset} of kind {kind}; allowed: s3, dynamodb, ebs, rds, by tags"


class SeedUnreadable(StorageError):
    """A file that is to become an object cannot be read."""

    template = "cannot read {path}: {reason}"
    hint = "fix its permissions or leave it out of --data; what was written before it stays"


class NoFileSystem(ToolError):
    """No file system can be made for a volume of the sandbox."""

    template = "no file system can be made: {because}"
    hint = "install e2fsprogs"
