"""What the service serves, by what it is about."""
