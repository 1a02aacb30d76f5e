"""The drill that restores one tenant into quarantine and looks for anybody else's data."""
