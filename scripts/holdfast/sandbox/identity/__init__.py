"""What the emulator's IAM and STS leave out: second factors with codes that count, and policy variables."""

from holdfast.sandbox.identity.completing import EmulatorChanged, completed

__all__ = ["EmulatorChanged", "completed"]
