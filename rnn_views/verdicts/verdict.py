"""What measured numbers say of a prediction: the answers that fit, or that none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Which of the offered answers the measured numbers bear out.

    Attributes
    ----------
    right : tuple of str
        The answers that fit: more than one on a tie, none where no answer fits.
    measured : str
        The measured value in words, without a full stop; "" where the answer says it all.
    nearest : bool
        Whether the answers are marks on a scale, so that `right` are the nearest ones.
    known : bool
        Whether the question can be judged at all; `measured` then says why not.

    Examples
    --------
    >>> Verdict(("GRU",)).hit("GRU"), Verdict(("GRU", "LSTM")).hit("Vanilla")
    (True, False)
    """

    right: tuple[str, ...]
    measured: str = ""
    nearest: bool = False
    known: bool = True

    def hit(self, guess: str) -> bool:
        """Whether a prediction is among the answers that fit."""
        return self.known and guess in self.right


def unknown(why: str) -> Verdict:
    """Return the verdict where nothing can be judged.

    Parameters
    ----------
    why : str
        The reason, as the end of "This cannot be judged: …", without a full stop.
    """
    return Verdict((), why, known=False)


def describe_verdict(guess: str, verdict: Verdict) -> str:
    """Return in words whether a prediction came true, and what is true where it did not.

    Examples
    --------
    >>> describe_verdict("good", Verdict(("good",)))
    'Correct: good.'
    >>> describe_verdict("GRU", Verdict(("GRU", "LSTM"), "0.021 and 0.027"))
    'Correct: GRU. This fits as well: LSTM. Measured: 0.021 and 0.027.'
    >>> describe_verdict("bad", Verdict(("good",)))
    'You predicted: bad. The answer is: good.'
    >>> describe_verdict("about 75 %", Verdict(("about 50 %",), "53.2 %", nearest=True))
    'You predicted: about 75 %. The nearest answer is: about 50 %. Measured: 53.2 %.'
    >>> describe_verdict("all of them", Verdict((), "3 of 6"))
    'You predicted: all of them. None of the answers fits. Measured: 3 of 6.'
    >>> describe_verdict("GRU", unknown("numbers overflowed"))
    'You predicted: GRU. This cannot be judged: numbers overflowed.'
    """
    if not verdict.known:
        return f"You predicted: {guess}. This cannot be judged: {verdict.measured}."
    others = [answer for answer in verdict.right if answer != guess]
    if verdict.hit(guess):
        told = f"{'The nearest answer' if verdict.nearest else 'Correct'}: {guess}."
        if others:
            told += f" This fits as well: {list_answers(others, 'and')}."
    elif others:
        what = "The nearest answer is" if verdict.nearest else "The answer is"
        told = f"You predicted: {guess}. {what}: {list_answers(others, 'or')}."
    else:
        told = f"You predicted: {guess}. None of the answers fits."
    return f"{told} Measured: {verdict.measured}." if verdict.measured else told


def list_answers(answers: Sequence[str], last: str) -> str:
    """Return answers as a list in words.

    >>> list_answers(["GRU", "LSTM"], "or"), list_answers(["GRU"], "or")
    ('GRU or LSTM', 'GRU')
    """
    *first, end = answers
    return f"{', '.join(first)} {last} {end}" if first else end
