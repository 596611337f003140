"""The chain component and what it requests of Python."""
