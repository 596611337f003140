"""Types of RNN: where a network reads and where it speaks."""

from rnn_core.tasks import NamesTask
from rnn_views.ui.chain import editing
from rnn_views.ui.inputs.example_input import choose_example
from rnn_views.ui.inputs.task_choice import (
    choose_topology,
    choose_weights,
    network_of,
    present_task,
)
from rnn_views.ui.shell import header, navigation
from rnn_views.ui.topologies import answer
from rnn_views.ui.widgets import tables

header.show_heading(
    "Types of RNN",
    "The types differ only in which steps have an input and which steps have an output.",
)
choose_topology()
task = present_task()
example = choose_example(task, more=choose_weights)
network, badge = network_of(task)
edited, taught = answer.run_example(task, network, example)
editing.show_edited(
    editing.draw(edited, badge),
    lambda: editing.draw(editing.read(task, network, example, teacher=taught), badge),
    key="types-chain",
)
example_run = edited.example_run
header.show_text("topologies", task.topology.name)
if isinstance(task, NamesTask):
    answer.show_sampler(task, example_run)
answer.show_facts(task)
tables.show_numbers(example_run)
navigation.show_next()
