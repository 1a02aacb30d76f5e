"""Restore a DynamoDB table with the service's own point-in-time recovery, and compare every item."""
