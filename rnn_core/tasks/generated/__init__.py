"""Tasks whose examples are drawn on the fly."""
