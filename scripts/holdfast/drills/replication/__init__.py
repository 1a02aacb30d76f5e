"""The drill that times replication."""
