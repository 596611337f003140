"""Checks of what public functions are given."""
