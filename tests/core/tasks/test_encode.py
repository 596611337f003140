"""What visitors give: each input is read, or refused in a sentence that says what is accepted."""

from __future__ import annotations

import re
import string
import unicodedata

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rnn_core as rc
from rnn_core.tasks import TASKS, Task
from rnn_core.tasks.inputs.text import clean
from rnn_core.tasks.names import read_letters
from rnn_core.tasks.sentiment.task import read_words
from rnn_core.tasks.translation.english import spell
from rnn_core.tasks.translation.tokenizers import (
    join_french,
    join_german,
    segment_french,
    segment_german,
)

TEXT_TASKS = [key for key, task in TASKS.items() if task.input_kind == "text"]
NASTY = {
    "empty": "",
    "blank": " \t\n ",
    "emoji": "😀👩‍🚀🏳️‍🌈",
    "bidi": "\u202e\u2066\u200f",
    "control": "\x00\x07\x1b",
    "marks alone": "\u0301" * 50,
    "punctuation": "?!…—«»",
}
ODD = {
    "ten thousand letters": "x" * 10_000,
    "ten thousand words": "good " * 10_000,
    "a megabyte": "very bad " * 120_000,
    "flood of marks": "a" + "\u0301" * 5_000 + "nna",
    "right to left": "مرحبا بالعالم",
    "script": "<script>alert('x')</script>",
    "latex": r"$\frac{1}{2}$ **bold** [link](http://example.org)",
    "bidi around a name": "\u202eanna\u202c",
    "wide digits": "３４２",
    "surrogate": "\ud800 anna",
}
words = st.sampled_from(
    "one three hundred forty-two and 342 -5 1000 good not bad never film anna zoë minus a".split()
)
sentences = st.lists(
    st.sampled_from("n't it's 10/10 größe 😀 film! ﬁlm ... -- GOOD <b> well-made can’t é".split())
    | st.text(max_size=6),
    max_size=8,
).map(" ".join)
names = st.text("aAzłøđıßﬁæÉ -'😀ə\u0301\u202e", max_size=24)
anything = st.one_of(st.text(max_size=60), st.lists(words, max_size=8).map(" ".join))


@pytest.mark.parametrize("key", TEXT_TASKS)
@pytest.mark.parametrize("name", NASTY)
def test_text_without_content_is_refused_in_a_sentence(key: str, name: str) -> None:
    with pytest.raises(ValueError, match="type a"):
        TASKS[key].encode(NASTY[name])


@pytest.mark.parametrize("key", TEXT_TASKS)
@pytest.mark.parametrize("name", ODD)
def test_odd_text_is_read_or_refused(key: str, name: str) -> None:
    check_encoded(TASKS[key], ODD[name])


@pytest.mark.parametrize("key", TEXT_TASKS)
@pytest.mark.parametrize("value", [None, 3.5, True, [1], {"a": 1}, b"anna", np.ones(3)])
def test_other_types_are_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError, match="expected as text"):
        TASKS[key].encode(value)


@pytest.mark.parametrize("key", TEXT_TASKS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=anything)
def test_any_text_is_read_or_refused(key: str, text: str) -> None:
    check_encoded(TASKS[key], text)


def check_encoded(task: Task, value: object) -> None:
    try:
        example = task.encode(value)
    except ValueError as error:
        sentence = str(error)
        assert 20 < len(sentence) < 300
        assert "type a" in sentence
        assert sentence.isprintable()
        return
    assert example.batch.inputs[0].shape[0] <= 41
    assert len(example.text) <= 400
    for label in (example.text, *example.notes, *(x for row in example.inputs for x in row)):
        assert "\u202e" not in label
        assert "\x00" not in label
        assert label.isprintable()
    example_run = task.run(task.network(), example)
    assert (example_run.loss is None) == (not example.target)


def test_what_was_cut_or_changed_is_said() -> None:
    note = TASKS["sentiment"].encode("the film is good " * 500).notes
    assert any("first 40 words" in sentence for sentence in note)
    assert any("400 characters" in sentence for sentence in note)
    assert "20 characters" in TASKS["names"].encode("x" * 10_000).notes[0]
    notes = TASKS["names"].encode("Zoë-Lou Lee 😀").notes
    assert notes == (
        "“-” and “😀” left out: only the letters a to z are read.",
        "The parts of the name are read as one word, without a blank.",
        "“ë” is read as “e”.",
        "Capital letters are read as small ones.",
    )


def test_unknown_words_are_read_as_unknown_and_named() -> None:
    example = TASKS["sentiment"].encode("the zeppelin was not grandiose")
    assert example.inputs == (("the", "<unk>", "was", "not", "<unk>"),)
    assert "“zeppelin” and “grandiose”" in example.notes[0]
    assert example.target == ()
    assert "no right answer" in example.notes[1]


def test_a_sentence_the_parser_knows_has_a_target() -> None:
    example = TASKS["sentiment"].encode("This film WASN’T bad at all!")
    assert example.inputs == (("this", "film", "was", "not", "bad", "at", "all"),)
    assert example.target == ("positive",)
    assert example.batch.targets[:, 0].tolist() == [-1] * 6 + [1]
    assert example.notes == (
        "The network reads “wasn't” as “was not”.",
        "“!” is left out.",
        "Capital letters are read as small ones.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "342",
        " 342 ",
        "0342",
        "+342",
        "three hundred forty-two",
        "Three Hundred and Forty Two",
        "three-hundred-forty-two",
        "٣٤٢",
        342,
    ],
)
def test_numbers_are_read_in_digits_and_words(text: str) -> None:
    french, german = TASKS["french"].encode(text), TASKS["german"].encode(text)
    assert french.inputs[0] == german.inputs[0] == ("three", "hundred", "forty", "two")
    assert french.target == ("trois", "cent", "quarante", "deux", "<end>")
    assert german.target == ("drei", "hundert", "zwei", "und", "vier", "zig", "<end>")
    assert french.inputs[1] == ("<start>", "trois", "cent", "quarante", "deux")
    assert french.text == "342"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1000", "“1000” is outside 0 to 999"),
        ("-5", "“-5” is outside 0 to 999"),
        ("−5", "“-5” is outside 0 to 999"),
        (-5, "“-5” is outside 0 to 999"),
        pytest.param(10**5000, "is outside 0 to 999", id="a huge integer"),
        pytest.param("9" * 10_000, "is outside 0 to 999", id="ten thousand digits"),
        ("one thousand", "“one thousand” is outside 0 to 999"),
        ("minus five", "“minus five” is outside 0 to 999"),
        ("3.5", "“3.5” is not a whole number"),
        ("1e3", "“1e3” is not a whole number"),
        ("3 4", "“3 4” is not a whole number"),
        ("²", "“²” is not a whole number"),
        ("forty bananas", "cannot read “bananas” as a number"),
        ("", "there is no number to read"),
    ],
)
def test_other_numbers_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="type a whole number from 0 to 999") as error:
        TASKS["french"].encode(text)
    assert reason in str(error.value)


def test_words_that_are_no_number_are_read_without_a_target() -> None:
    example = TASKS["german"].encode("forty hundred two")
    assert example.target == ()
    assert (example.batch.targets == -1).all()
    assert "no number" in example.notes[0]
    assert TASKS["german"].run(TASKS["german"].network(), example).loss is None


def test_segmenters_lose_nothing() -> None:
    french, german = TASKS["french"], TASKS["german"]
    for n in range(1000):
        one, other = french.encode(n), german.encode(n)
        assert one.inputs[0] == spell(n)
        assert segment_french(join_french(one.target[:-1])) == one.target[:-1]
        assert segment_german(join_german(other.target[:-1])) == other.target[:-1]
    assert join_french(french.encode(80).target[:-1]) == "quatre-vingts"
    assert join_french(french.encode(999).target[:-1]) == "neuf cent quatre-vingt-dix-neuf"
    assert join_french(french.encode(71).target[:-1]) == "soixante et onze"
    assert join_german(german.encode(21).target[:-1]) == "einundzwanzig"
    assert segment_german("siebzehn") == ("sieb", "zehn")
    with pytest.raises(ValueError, match="morphemes"):
        segment_german("zwanzigst")


@pytest.mark.parametrize("key", ["digits", "digit-rows", "captions"])
def test_pictures_are_taken_by_number_or_as_arrays(key: str) -> None:
    task = TASKS[key]
    stored = task.example(7)
    for value in (7, "7", np.int64(7), stored.picture, stored.picture.tolist()):
        encoded = task.encode(value)
        assert (encoded.picture == stored.picture).all()
        assert np.array_equal(encoded.batch.inputs[0], stored.batch.inputs[0])
    drawn = task.encode(stored.picture)
    assert drawn.target == ()
    assert task.encode(7).target == stored.target
    assert task.run(task.network(), drawn).loss is None


@pytest.mark.parametrize("key", ["digits", "digit-rows", "captions"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (100_000, "no picture 100000"),
        pytest.param("9" * 5_000, "no picture", id="five thousand digits"),
        (-1, "no picture -1"),
        ("a cat", "text was given"),
        ("", "text was given"),
        (None, "a single number was given"),
        (2.5, "a single number was given"),
        (True, "a single number was given"),
        (np.ones((3, 3)), "3×3 was given"),
        ([[1, 2], [3]], "a list was given"),
    ],
)
def test_other_pictures_are_refused(key: str, value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=r"expected|choose one") as error:
        TASKS[key].encode(value)
    assert reason in str(error.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -0.1, 1.1])
def test_pictures_hold_values_from_0_to_1(bad: float) -> None:
    picture = np.zeros((8, 8))
    picture[2, 3] = bad
    with pytest.raises(ValueError, match="outside 0 to 1"):
        TASKS["digits"].encode(picture)
    with pytest.raises(ValueError, match="blank"):
        TASKS["digits"].encode(np.zeros((8, 8)))


@given(text=st.text(max_size=300), cap=st.integers(1, 50))
@settings(deadline=None)
def test_clean_text_is_composed_visible_and_capped(text: str, cap: int) -> None:
    plain, _ = clean(text, cap, "a text")
    again, notes = clean(plain, cap, "a text")
    assert again == plain
    assert not notes
    assert plain.isprintable()
    assert plain == " ".join(plain.split())


def test_encoding_leaves_the_value_alone() -> None:
    picture = np.full((8, 8), 0.5)
    picture[0, 0] = 1
    example = TASKS["digits"].encode(picture)
    picture[:] = 0
    assert example.picture.max() == 1
    with pytest.raises(ValueError, match="read-only"):
        example.picture[0, 0] = 0


def test_letters_of_names_are_found_by_every_ascii_letter() -> None:
    example = TASKS["names"].encode(string.ascii_uppercase[:20])
    assert "".join(example.target[:-1]) == string.ascii_lowercase[:20]
    assert example.target[-1] == "<end>"
    assert isinstance(example.batch, rc.Batch)


@pytest.mark.parametrize(
    ("typed", "read", "noted"),
    [
        ("my grandmother’s soup was not bad", "my grandmother's soup was not bad", ""),
        ("I don’t think it's good", "i do not think it is good", "“don't” as “do not”"),
        ("it didnt work", "it did not work", "“didnt” as “did not”"),
        ("nobody can't", "nobody can not", "“can't” as “can not”"),
        (
            "a well-made film at five o'clock",
            "a well made film at five o'clock",
            "“well-made” as “well made”",
        ),
        ("it is n't good", "it is not good", "“n't” as “not”"),
        ("10/10 größe", "10 10 grösse", "“10/10” as “10 10”, “größe” as “grösse”"),
        ("good 😀😀 film!?", "good film", "“😀”, “!” and “?” are left out"),
    ],
)
def test_apostrophes_are_read_as_they_are_meant(typed: str, read: str, noted: str) -> None:
    words, notes = read_words(typed)
    assert " ".join(words) == read
    assert any(noted in note for note in notes) if noted else not notes
    unknown = TASKS["sentiment"].encode("my grandmother's soup was bad").notes[0]
    assert "“grandmother's”" in unknown


@pytest.mark.parametrize(
    ("typed", "read", "said"),
    [
        ("Łukasz", "lukasz", "“ł” is read as “l”"),
        ("Søren", "soren", "“ø” is read as “o”"),
        ("Đorđe", "dorde", "“đ” is read as “d”"),
        ("ıĦæœßþðŋ", "ihaeoessthdng", "“ı” is read as “i”"),
        ("ﬁona", "fiona", "“ﬁ” is read as “fi”"),
        ("Mary Ann", "maryann", "one word"),
        ("x̂avi", "xavi", "“x̂” is read as “x”"),
        ("annə", "ann", "“ə” left out"),
    ],
)
def test_letters_of_names_have_plain_forms_that_are_named(typed: str, read: str, said: str) -> None:
    example = TASKS["names"].encode(typed)
    assert example.text == read
    assert any(said in note for note in example.notes)


def comparable(text: str) -> str:
    """A text but for what nobody sees: how letters are composed, how wide a gap is, ’ for '."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join(re.sub("[’`´]", "'", composed).split())


@pytest.mark.parametrize("key", TEXT_TASKS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(anything, names, sentences))
def test_a_text_is_read_as_it_is_or_a_note_says_what_was_changed(key: str, text: str) -> None:
    try:
        example = TASKS[key].encode(text)
    except ValueError:
        return
    if comparable(text) != example.text:
        assert example.notes
    assert all(label for row in example.inputs for label in row)  # no step reads an empty word
    assert "" not in example.text.split(" ")


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=20))
def test_each_sign_that_a_name_loses_is_named(text: str) -> None:
    try:
        letters, notes = read_letters(text)
    except ValueError:
        return
    said = " ".join(notes).lower()
    visible, _ = clean(text, 20, "a name")
    if len(set(visible.lower())) > 5:
        return  # a note names five signs, and counts the others
    for sign in visible:
        if sign.lower() not in letters and sign != " ":
            assert sign.lower() in said or unicodedata.category(sign).startswith("M")
