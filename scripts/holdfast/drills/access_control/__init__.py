"""The drill in which each role tries what it must not do."""
