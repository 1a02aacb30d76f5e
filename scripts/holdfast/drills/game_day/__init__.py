"""Several drills in the order they depend on each other: one clock, one verdict."""
