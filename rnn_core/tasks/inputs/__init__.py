"""A user's own input: text, drawings, images."""
