"""Training runs in the background: their configuration and their state."""
