"""Widgets and figures that several pages use."""
