"""One training run, whatever learns: updates, reports, and any moment of it again.

What is learned and from what (`Trainer`, `FeedForwardTrainer`, `GeneratedTrainer`) comes in as a
train step and a source of batches; the loop around them is the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from time import perf_counter

import numpy as np

from rnn_core.network import Batch, Network
from rnn_core.params import Array
from rnn_core.record import read_only
from rnn_core.trace import NonFiniteError
from rnn_core.training.protocols import BatchSource, Progress, TrainStep
from rnn_core.training.snapshots import Checkpoint, Divergence, Snapshots, is_finite
from rnn_core.validation.values import check_number, check_whole


class TrainingRun(ABC):
    """A run that is decided by its settings and seed.

    Parameters
    ----------
    schedule : BatchSource
    """

    def __init__(self, schedule: BatchSource) -> None:
        self._schedule = schedule
        self._step = self._begin()
        self._again: tuple[int, TrainStep] | None = None
        self._snapshots = Snapshots()
        self._losses: list[float] = []
        self._norms: list[float] = []
        self._reported = 0
        self._seconds = 0.0
        self._measured: tuple[float, float, float | None] | None = None
        self._history: list[Progress] = []
        self._explosion: Divergence | None = None

    @abstractmethod
    def _begin(self) -> TrainStep:
        """Return a learner with the first weights; each call gives an equal one."""

    @abstractmethod
    def _measure(self) -> tuple[float, float]:
        """Return metric and loss on the validation examples, as the network is now."""

    def _measure_training(self) -> float | None:
        """Return the metric on a sample of the training examples; None where there is no set."""
        return None

    def _batch(self, update: int, learner: TrainStep) -> Batch:
        """What the learner reads at an update."""
        return self._schedule.batch(update)

    @property
    def updates_made(self) -> int:
        """Updates made so far."""
        return len(self._losses)

    @property
    def updates_to_epoch(self) -> int:
        """Updates until the current epoch is complete."""
        per_epoch = self._schedule.per_epoch
        return per_epoch - self.updates_made % per_epoch

    @property
    def done(self) -> bool:
        """Whether all planned updates are made."""
        return self.updates_made >= self._schedule.updates

    @property
    def network(self) -> Network:
        """A frozen float64 copy of the network as it is now."""
        return self._step.network.astype(np.float64)

    @property
    def losses(self) -> Array:
        """The loss that each update met, before it changed the weights, shape (updates made,)."""
        return read_only(np.array(self._losses))

    @property
    def gradient_norms(self) -> Array:
        """Joint norm of each update's gradients, before clipping, shape (updates made,)."""
        return read_only(np.array(self._norms))

    @property
    def explosion(self) -> Divergence | None:
        """Where the run broke down, if it did."""
        return self._explosion

    @property
    def history(self) -> tuple[Progress, ...]:
        """All reports so far."""
        return tuple(self._history)

    @property
    def progress(self) -> Progress:
        """The last report; one of nothing done before the first."""
        return self._history[-1] if self._history else self._report(snapshot=False)

    def update(self) -> float:
        """Make exactly one update; return its loss.

        Raises
        ------
        ValueError
            When all planned updates are made.
        NonFiniteError
            When numbers overflow. The run is left before the update that broke down, its weights
            finite; `explosion` tells which it was.
        """
        if self.done:
            raise ValueError(f"all {self._schedule.updates} updates are made")
        start, update = perf_counter(), self.updates_made
        self._snapshots.offer(update, self._step.state)
        try:
            loss = self._make(self._step, update)
        except NonFiniteError as error:
            self._explosion = Divergence.of(error, update + 1)
            if not is_finite(self._step.state()):
                # The update before left weights beyond the largest number: it is the one to blame.
                self._go_back(update - 1)
                self._explosion = Divergence(update, error.segment, "weights", 1)
            raise
        self._losses.append(loss)
        self._norms.append(self._step.gradient_norm)
        self._seconds += perf_counter() - start
        if self._schedule.validates(update + 1):
            self._measured = *self._measure(), self._measure_training()
        return loss

    def run(
        self, seconds: float = 0.05, max_updates: int | None = None, snapshot: bool = False
    ) -> Progress:
        """Make updates until the time is over, all are made, or so many are made now.

        Parameters
        ----------
        seconds : float
            The clock is read between updates, so the last one may end a little later.
        max_updates : int, optional
        snapshot : bool
            Put a copy of the network into the report.
        """
        seconds = check_number("seconds", seconds, endless=True)
        if max_updates is not None:
            max_updates = check_whole("max_updates", max_updates, least=0)
        start, first = perf_counter(), self.updates_made
        while not self.done and perf_counter() - start < seconds:
            if max_updates is not None and self.updates_made - first >= max_updates:
                break
            self.update()
        report = self._report(snapshot)
        self._history.append(report)
        self._reported, self._measured = self.updates_made, None
        return report

    def at(self, update: int) -> Network:
        """Return the network as it was after so many updates; the run itself is not touched.

        The last snapshot before is taken, and the updates from there are made again.

        Raises
        ------
        ValueError
            When the run has not made so many.

        Examples
        --------
        >>> from rnn_core.tasks import TASKS
        >>> from rnn_core.training.trainer import Trainer
        >>> trainer, fresh = Trainer(TASKS["digits"]), Trainer(TASKS["digits"])
        >>> _, _ = trainer.run(60, max_updates=9), fresh.run(60, max_updates=5)
        >>> then, now = trainer.at(5).segments[0].params, fresh.network.segments[0].params
        >>> np.array_equal(then.W_xh, now.W_xh)
        True
        """
        self._check_made(update)
        if update == self.updates_made:
            return self.network
        moment, state = self._snapshots.before(update)
        if self._again is None:
            self._again = (-1, self._begin())
        place, learner = self._again
        if not moment <= place <= update:
            learner.restore(state)
            place = moment
        for earlier in range(place, update):
            self._make(learner, earlier)
        self._again = (update, learner)
        return learner.network.astype(np.float64)

    def moment(self, update: int) -> Checkpoint:
        """Return the network after so many updates, with what the next update met there."""
        network, made = self.at(update), update < self.updates_made
        return Checkpoint(
            update=update,
            epoch=update // self._schedule.per_epoch,
            network=network,
            rate=self._schedule.rate(update) if made else float("nan"),
            loss=self._losses[update] if made else float("nan"),
            gradient_norm=self._norms[update] if made else float("nan"),
        )

    def rewind(self, update: int) -> None:
        """Take the run back to where it was after so many updates, and forget what came later.

        Updates made from there repeat those that were made, bit for bit on one computer.

        Raises
        ------
        ValueError
            When the run has not made so many.
        """
        self._check_made(update)
        self._go_back(update)
        self._history = [report for report in self._history if report.update <= update]
        self._reported = self._history[-1].update if self._history else 0
        self._measured, self._explosion = None, None

    def _make(self, learner: TrainStep, update: int) -> float:
        return learner.update(self._batch(update, learner), self._schedule.rate(update))

    def _go_back(self, update: int) -> None:
        moment, state = self._snapshots.before(update)
        self._step.restore(state)
        for earlier in range(moment, update):
            self._make(self._step, earlier)
        self._snapshots.forget_after(update)
        self._again = None
        del self._losses[update:], self._norms[update:]

    def _check_made(self, update: int) -> None:
        whole = isinstance(update, (int, np.integer)) and not isinstance(update, bool)
        if not whole or not 0 <= update <= self.updates_made:
            raise ValueError(
                f"update is {update!r} but a whole number from 0 to {self.updates_made}, "
                "the updates made, is expected"
            )

    def _report(self, snapshot: bool) -> Progress:
        new = self._losses[self._reported :]
        validation, validation_loss, training = self._measured or (None, None, None)
        return Progress(
            update=self.updates_made,
            updates=self._schedule.updates,
            epoch=self.updates_made // self._schedule.per_epoch,
            seconds=self._seconds,
            loss=float(np.mean(new)) if new else float("nan"),
            validation=validation,
            gradient_norm=self._norms[-1] if self._norms else 0.0,
            validation_loss=validation_loss,
            network=self.network if snapshot else None,
            training=training,
        )
