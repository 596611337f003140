"""How training on the streams went, recorded once, so that a page opens without training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rnn_core.record import ReadOnly
from rnn_core.record_files import read_records, write_records
from rnn_core.tasks.checkpoint import MODELS

RECORDS = MODELS / "streams.json"


@dataclass(frozen=True)
class GeneratedRecord:
    """Several runs of one cell on one task, measured on held-out sequences.

    Parameters
    ----------
    task, cell : str
    hidden, parameters : int
    seconds : float
        Processor seconds of one run with its measurements, median over the seeds.
    updates : tuple of int, K of them
        Updates made when a run was measured.
    metric, loss, training_loss : tuple of tuple of float
        Per seed (0, 1, 2, …), K values: the task's metric, the loss on the same sequences, and the
        mean loss of the updates since the measurement before.
    """

    task: str
    cell: str
    hidden: int
    parameters: int
    seconds: float
    updates: tuple[int, ...]
    metric: tuple[tuple[float, ...], ...]
    loss: tuple[tuple[float, ...], ...]
    training_loss: tuple[tuple[float, ...], ...]

    @property
    def seeds(self) -> int:
        """How many runs there were."""
        return len(self.metric)

    @property
    def final(self) -> tuple[float, ...]:
        """The metric at the end, per seed."""
        return tuple(run[-1] for run in self.metric)


@lru_cache(maxsize=1)
def load_records() -> Mapping[tuple[str, str], GeneratedRecord]:
    """Read what `make models` recorded, by task and cell.

    >>> record = load_records()["adding", "gru"]
    >>> record.seeds, len(record.updates) == len(record.metric[0])
    (5, True)
    """
    records = read_records(RECORDS, GeneratedRecord)
    return ReadOnly({(record.task, record.cell): record for record in records})


def save_records(records: Mapping[tuple[str, str], GeneratedRecord]) -> None:
    """Write all records, one to a line."""
    write_records(RECORDS, records.values())
    load_records.cache_clear()
