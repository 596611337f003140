"""The sentiment task: its lexicon, its grammar, and a parser that knows the right answer."""
