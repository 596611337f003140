"""The tasks: real data, vocabularies, recipes, trained checkpoints."""
