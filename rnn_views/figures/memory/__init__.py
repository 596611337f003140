"""Figures of the page Memory."""
