"""RDS for the sandbox: instances that are real PostgreSQL servers, and copies of their data that are restored for real.

No emulator restores to a point in time, copies a snapshot or has a server behind an instance. Here an instance is a
server on loopback, a snapshot a copy of its data (`engine.copies`), a point in time a base backup and the log since
(`engine.history`), replicated into another Region by copying both. Requests and answers are those of botocore's model.
"""
