"""Capture of configuration: what an environment is set up as, in files that can be compared and restored.

Never a secret value or key material: what may hold one is taken field by field, and the rest is redacted.
"""
