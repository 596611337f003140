"""Verdicts of predictions: measured numbers in, which of the offered answers they bear out."""
