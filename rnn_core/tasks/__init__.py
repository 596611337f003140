"""The tasks: real data, vocabularies, recipes, trained checkpoints.

>>> from rnn_core.tasks import TASKS
>>> task = TASKS["digit-rows"]
>>> reading = task.run(task.network(), task.example(0))
>>> reading.traces[0].logits.shape
(8, 1, 10)
"""

from collections.abc import Mapping

from rnn_core.record import ReadOnly
from rnn_core.tasks.base import Task
from rnn_core.tasks.captions import CAPTIONS
from rnn_core.tasks.dataset import Dataset, Example, Recipe, Split
from rnn_core.tasks.digits import DIGIT_ROWS, DIGITS
from rnn_core.tasks.names import NAMES, NamesTask
from rnn_core.tasks.prediction import ExampleRun, backward
from rnn_core.tasks.sentiment.task import SENTIMENT
from rnn_core.tasks.translation.task import FRENCH, GERMAN
from rnn_core.tasks.vocabulary import Vocabulary

TASKS: Mapping[str, Task] = ReadOnly(
    {task.key: task for task in (DIGITS, DIGIT_ROWS, CAPTIONS, SENTIMENT, FRENCH, GERMAN, NAMES)}
)

__all__ = [
    "TASKS",
    "Dataset",
    "Example",
    "ExampleRun",
    "NamesTask",
    "Recipe",
    "Split",
    "Task",
    "Vocabulary",
    "backward",
]
