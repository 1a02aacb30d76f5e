"""Restore an EBS snapshot into a volume, and prove its blocks through the EBS direct APIs."""
