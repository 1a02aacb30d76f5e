"""Restore an RDS instance, from a snapshot or to a point in time, and ask the application's questions of it."""
