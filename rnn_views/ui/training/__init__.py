"""Live training on the page Training."""
