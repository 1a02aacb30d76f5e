"""Names of the metrics Holdfast publishes to CloudWatch itself, in the primary Region.

The stack `<env>-watch` alarms on them, and no data is a failure; whoever publishes takes the names from here.
"""

from __future__ import annotations

NAMESPACE = "Holdfast"
DRILLS_OVERDUE = "DrillsOverdue"
"""How many drills are overdue; a count, at least daily. Dimension: `Environment`."""
RECOVERY_POINT_AGE = "RecoveryPointAge"
"""Age of a dataset's newest recovery point, in seconds, at least hourly. Dimensions: `Environment`, `Dataset`."""
ENVIRONMENT, DATASET = "Environment", "Dataset"
"""The dimensions."""
