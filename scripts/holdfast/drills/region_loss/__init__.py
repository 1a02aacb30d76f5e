"""Any kind of drill with the primary Region taken for lost."""
