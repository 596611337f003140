"""All tasks that draw their sequences, by their keys; none is a key of `TASKS`."""

from __future__ import annotations

from collections.abc import Mapping

from rnn_core.record import ReadOnly
from rnn_core.tasks.generated.base import GeneratedTask
from rnn_core.tasks.generated.memory import MEMORY_TASKS
from rnn_core.tasks.generated.sunspots import SUNSPOTS

GENERATED_TASKS: Mapping[str, GeneratedTask] = ReadOnly({**MEMORY_TASKS, SUNSPOTS.key: SUNSPOTS})
