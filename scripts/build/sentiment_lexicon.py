"""Which words of the rated lexicon the sentiment task uses, and what they are said about.

Chosen by hand: common, inoffensive, of one clear sign (|mean| >= 1 of ratings from -4 to 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

ADJECTIVES = {
    "anything": """
        good great nice perfect wonderful excellent fantastic superb terrific splendid
        bad awful terrible horrible dreadful lousy poor disappointing unpleasant miserable""",
    "work": """
        amusing breathtaking brilliant charming entertaining fascinating funny heartwarming
        hilarious inspiring original romantic thrilling
        boring depressing dreary dull repetitive ridiculous mindless lame meaningless embarrassing
        frustrating irritating foolish""",
    "person": """
        brave caring considerate courteous friendly generous helpful honest kind sincere talented
        thoughtful trustworthy
        arrogant careless cowardly cruel dishonest hostile impolite incompetent lazy rude selfish
        thoughtless unkind""",
    "place": """
        beautiful clean comfortable elegant gorgeous lovely peaceful relaxing safe welcoming
        dangerous dirty grim neglected scary stressful ugly unattractive uncomfortable messy""",
    "food": """
        delicious fresh healthy scrumptious yummy satisfying
        disgusting bitter rotten stinky yucky nasty""",
    "thing": """
        clever effective efficient innovative robust useful
        broken damaged defective faulty useless worthless""",
}
NOUNS = """
    masterpiece triumph treasure delight success joy miracle blessing winner
    disaster mess failure catastrophe burden mistake fraud scam bore"""
VERBS = """
    love loved like liked enjoy enjoyed admire admired adore adored
    appreciate appreciated value valued
    hate hated dislike disliked despise despised regret regretted
    reject rejected distrust distrusted criticize criticized"""
LEAST = 1.0


def select_words(means: Mapping[str, float]) -> Iterator[tuple[str, str, str, float]]:
    """Rows (word, part, what it is said about, mean rating) of the chosen words.

    Raises
    ------
    ValueError
        For a word that is not rated, or too weakly.
    """
    rows = [
        (word, "adjective", about) for about, text in ADJECTIVES.items() for word in text.split()
    ]
    rows += [(word, "noun", "anything") for word in NOUNS.split()]
    rows += [(word, "verb", "anything") for word in VERBS.split()]
    for word, part, about in rows:
        if abs(means.get(word, 0.0)) < LEAST:
            raise ValueError(f"{word!r} is rated {means.get(word)}; at least ±{LEAST} is needed")
        yield word, part, about, means[word]
