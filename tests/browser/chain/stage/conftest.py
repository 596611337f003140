"""The stage is a program that tests start, not a module with tests."""

collect_ignore_glob = ["*.py"]
