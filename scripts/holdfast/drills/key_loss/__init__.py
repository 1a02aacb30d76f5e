"""The drill that loses the primary Region's key."""
