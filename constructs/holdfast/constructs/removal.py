"""Whether Terraform may destroy what holds backups."""

from __future__ import annotations

from enum import StrEnum

from cdktn import TerraformResourceLifecycle


class Removal(StrEnum):
    """What happens to a stateful resource when it leaves the configuration."""

    RETAIN = "retain"
    """Terraform refuses to destroy it (`prevent_destroy`). The default everywhere."""

    DESTROY = "destroy"
    """It is destroyed with everything in it. For sandboxes: buckets get `force_destroy`, keys may be scheduled for
    deletion by the deployer. What an Object Lock holds stays undeletable until the lock ends."""

    def lifecycle(self) -> TerraformResourceLifecycle | None:
        """The Terraform `lifecycle` block of a stateful resource."""
        return TerraformResourceLifecycle(prevent_destroy=True) if self is Removal.RETAIN else None
