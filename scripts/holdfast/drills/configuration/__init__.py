"""The drill that restores captured configuration and compares it with what is live."""
