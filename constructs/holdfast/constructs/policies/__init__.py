"""Policy documents, each statement made by a function that names the threat it answers."""
