"""What every AWS service of the sandbox's own has in common, whatever it serves.

A service is one process on one loopback port over TLS (`server`, `running`) with one or more APIs (`api`). An API is
read and written by botocore's model of it (`rest_json`, `query`), put to the emulator's IAM (`authorization`) and can
be made to fail (`faults`, `control`). What it does is its own. How it is started is one row of `sandbox.emulators`.
"""
