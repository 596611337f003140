"""Settings in the address of a page."""
