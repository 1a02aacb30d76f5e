"""Restore AWS Backup's own recovery points and read what came back."""
