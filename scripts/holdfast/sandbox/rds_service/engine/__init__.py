"""What stands behind the API: real PostgreSQL servers, copies of their data, and their logs."""
