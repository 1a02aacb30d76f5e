"""A folder of environment files to write into, and one whole environment to deviate from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.environments.errors import InvalidEnvironment
from holdfast.environments.loading import Loaded, load_environment
from holdfast.errors import EnvironmentFileError

SHIPPED = Path(__file__).parents[2] / "environments"

WHOLE = """\
environment: whole
organization: acme
accounts: {workload: "111111111111", backup: "222222222222"}
regions: {primary: us-east-1, recovery: us-west-2}
state: {bucket: acme-tfstate, region: us-west-2}
lock:
  acknowledge: nobody can delete before expiry
  minimum: 7d
tiers:
  critical:
    rpo: {corruption: 5m, region_loss: 6h}
    rto: {corruption: 1h}
    rules:
      - {name: continuous, continuous: true, delete_after: 35d}
      - name: daily
        schedule: cron(0 2 * * ? *)
        delete_after: 30d
        copy: {delete_after: 90d}
datasets:
  - {name: orders, kind: rds, tier: critical, select: {tags: {service: orders}}, tenants: {by: schema}}
  - {name: exports, kind: s3, tier: critical}
exclusions:
  - {dataset: search-index, reason: derived from orders, until: 2027-03-31}
restore:
  approvers:
    - principal: arn:aws:iam::111111111111:user/second
      key: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
"""


@dataclass(frozen=True)
class Folder:
    """Environment files below a temporary folder."""

    path: Path

    def write(self, name: str, text: str) -> Path:
        """Write one file and return its path."""
        file = self.path / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    def load(self, name: str) -> Loaded:
        """Load one environment of the folder."""
        return load_environment(name, self.path)

    def load_with(self, deviation: str) -> Loaded:
        """Load `prod`, which is the whole environment with a deviation that begins on line 3."""
        self.write("prod", f"extends: whole\nenvironment: prod\n{deviation}")
        return self.load("prod")

    def refused(self, deviation: str) -> InvalidEnvironment:
        """The error of the whole environment with a deviation that begins on line 3 of `prod.yaml`."""
        with pytest.raises(InvalidEnvironment) as found:
            self.load_with(deviation)
        return found.value

    def unreadable(self, text: str) -> EnvironmentFileError:
        """The error of a file that says `text`."""
        self.write("prod", text)
        with pytest.raises(EnvironmentFileError) as found:
            self.load("prod")
        return found.value


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder with one whole environment in it."""
    made = Folder(tmp_path)
    made.write("whole", WHOLE)
    return made


@pytest.fixture
def shipped() -> Path:
    """The folder of the environment files that come with Holdfast."""
    return SHIPPED
