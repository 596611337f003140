"""Backward passes with one known fault each, and the diagnostics that find it."""
