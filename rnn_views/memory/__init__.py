"""What the page Memory measures."""
