"""What recovery points hold, read from and written to the emulator that has the resource."""
