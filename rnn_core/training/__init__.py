"""Training runs: batches, updates, snapshots."""
