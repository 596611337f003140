"""Figures of a single update."""
