"""Weights and arrays of other frameworks."""
