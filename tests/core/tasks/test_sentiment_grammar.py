"""The sentiment grammar and its independent parser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from rnn_core.tasks import TASKS
from rnn_core.tasks.sentiment.grammar import FORM_WRITERS, UNTAUGHT_FORMS, Writer, taught
from rnn_core.tasks.sentiment.lexicon import (
    NEVER_NEGATED,
    NEVER_NEGATED_VALIDATION,
    ONLY_NEGATED,
    rated_words,
)
from rnn_core.tasks.sentiment.parser import parse, tag
from rnn_core.tasks.sentiment.task import _vocabulary, read_words


def sentences() -> Iterator[tuple[str, tuple[str, ...], int]]:
    """All sentences of the task with their labels, by split."""
    data = TASKS["sentiment"].data()
    for part in ("train", "validation", "test", *data.probes):
        labels = data.split(part).targets[-1]
        for text, label in zip(data.texts[part], labels, strict=True):
            yield part, tuple(text.split()), int(label)


def test_writer_and_parser_agree_on_every_sentence() -> None:
    count = 0
    for part, words, label in sentences():
        if part != "new constructions":
            assert parse(words) == label, " ".join(words)
            count += 1
    assert count > 11_000


def test_new_constructions_are_not_of_the_grammar() -> None:
    untaught = [words for part, words, _ in sentences() if part == "new constructions"]
    assert len(untaught) == 400
    assert all(parse(words) is None for words in untaught)


@pytest.mark.parametrize("form", [form for form in FORM_WRITERS if form not in UNTAUGHT_FORMS])
def test_each_construction_is_balanced(form: str) -> None:
    writer = Writer(11, taught)
    written = [writer.write(form) for _ in range(400)]
    assert 0.4 < sum(sentence.label for sentence in written) / len(written) < 0.6
    assert all(parse(sentence.words) == sentence.label for sentence in written)


def test_taking_a_negation_away_turns_the_label() -> None:
    turned = 0
    for part, words, label in sentences():
        if part == "test" and tag(words).startswith("dsbn") and words[4:] and "but" not in words:
            plain = (*words[:3], *words[4:])
            if parse(plain) is not None and "not" not in plain:
                assert parse(plain) == 1 - label, " ".join(words)
                turned += 1
    assert turned > 10


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("the film was not good", 0),
        ("not bad at all", 1),
        ("good but boring", 0),
        ("boring but good", 1),
        ("i did not hate it", 1),
        ("never boring, always charming", 1),
        ("Although the hotel was lovely, I never liked the room.", 0),
        ("this phone isn't a disaster", 1),
        ("nobody would say the soup was bad", 1),
        ("the film is not only dull but awful", 0),
        ("the film is not dull but great", 1),
        ("the story was good despite the awful song", 1),
        ("the zeppelin was anything but good", 0),
    ],
)
def test_the_parser_knows(text: str, label: int) -> None:
    assert parse(read_words(text)[0]) == label


@pytest.mark.parametrize(
    "text",
    [
        "good film bad",
        "what a great film",
        "not not good",
        "the film",
        "but good",
        "i",
        "nothing was good",
        "this hardly was good",
        "good luck was good",
    ],
)
def test_the_parser_does_not_guess(text: str) -> None:
    assert parse(read_words(text)[0]) is None


def negated_words(words: tuple[str, ...], anywhere: bool = True) -> set[str]:
    """Adjectives right behind a negation; with anywhere, also under one before the subject."""
    tags = tag(words)
    fixed = " ".join(words)
    for phrase in ("at all", "far from", "anything but", "not only"):
        fixed = fixed.replace(phrase, "_")
    tokens = fixed.split()
    found = set()
    for place, (sign, word) in enumerate(zip(tags, tokens, strict=True)):
        before = tags[:place].rstrip("x")
        fronted = anywhere and any(front in before for front in ("onf", "vF", "ont", "0"))
        if sign in "AB" and (fronted or before.endswith(("n", "v", "~"))):
            found.add(word)
    return found


def test_words_stand_in_training_only_where_they_may() -> None:
    seen = Counter()
    for part, words, _ in sentences():
        if part not in ("train", "validation", "test"):
            continue
        # In two clauses a negation in front of the first does not reach into the second.
        single = "although" not in words and "but" not in words
        negated = negated_words(words, anywhere=single)
        assert not negated & (NEVER_NEGATED | NEVER_NEGATED_VALIDATION), " ".join(words)
        if single:
            assert not (set(words) & ONLY_NEGATED) - negated, " ".join(words)
        seen.update(word for word in words if word in NEVER_NEGATED)
    assert set(seen) == NEVER_NEGATED
    assert min(seen.values()) >= 10


def test_probes_hold_what_they_are_named_for() -> None:
    data = TASKS["sentiment"].data()
    for name, held in (
        ("never seen negated", NEVER_NEGATED),
        ("never seen negated, validation", NEVER_NEGATED_VALIDATION),
    ):
        for text in data.texts[name]:
            assert negated_words(tuple(text.split())) & held, text
    for text in data.texts["seen only negated"]:
        words = tuple(text.split())
        assert set(words) & ONLY_NEGATED
        assert not negated_words(words), text


def test_polarity_alone_says_little() -> None:
    """Counting good and bad words decides hardly more than half of the sentences."""
    sign = {word.word: 1 if word.positive else -1 for word in rated_words()}
    right = [
        (sum(sign.get(word, 0) for word in words) > 0) == bool(label)
        for part, words, label in sentences()
        if part == "test"
    ]
    assert 0.35 < sum(right) / len(right) < 0.65


def test_every_word_written_is_in_the_vocabulary() -> None:
    vocabulary = _vocabulary()
    assert all(word in vocabulary for _, words, _ in sentences() for word in words)
