"""A vocabulary: which token is which row of a one-hot input or column of the logits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

UNKNOWN = "<unk>"


@dataclass(frozen=True)
class Vocabulary:
    """An ordered set of tokens.

    Parameters
    ----------
    tokens : tuple of str
        Token i is row i of the input weights (or the embedding), or column i of the logits.

    Examples
    --------
    >>> words = Vocabulary(("<unk>", "good", "bad"))
    >>> words.encode(["good", "splendid"])
    (1, 0)
    >>> words.decode([2, 1])
    ('bad', 'good')
    """

    tokens: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.tokens)) != len(self.tokens):
            raise ValueError("a vocabulary must not hold the same token twice")

    @cached_property
    def index(self) -> dict[str, int]:
        """Token -> its number."""
        return {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self.index

    def encode(self, tokens: Iterable[str]) -> tuple[int, ...]:
        """Numbers of the tokens; a token it does not hold becomes ``<unk>`` if there is one.

        Raises
        ------
        ValueError
            For a token it does not hold, when it holds no ``<unk>`` either.
        """
        unknown = self.index.get(UNKNOWN)
        numbers = []
        for token in tokens:
            number = self.index.get(token, unknown)
            if number is None:
                raise ValueError(f"the vocabulary of {len(self)} tokens does not hold {token!r}")
            numbers.append(number)
        return tuple(numbers)

    def decode(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Tokens of the numbers."""
        return tuple(self.tokens[number] for number in numbers)
