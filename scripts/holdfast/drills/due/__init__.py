"""Which drills are overdue, from what each tier asks for and what the evidence shows."""
