"""The translation tasks: numbers in French and German, written in English."""
