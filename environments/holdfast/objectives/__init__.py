"""Proofs from a declaration: recovery points, locks, keys and coverage. Pure functions, no input or output."""
