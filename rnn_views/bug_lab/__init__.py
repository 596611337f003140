"""The bug lab: its cases, lines of code and derivatives."""
