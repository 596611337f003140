"""A visitor's settings and what else lasts from one script run to the next."""
