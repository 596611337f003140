"""Choosing a task and an example, or typing and drawing one."""
