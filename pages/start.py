"""Start: one minute with the temporal loop."""

from rnn_core.tasks import TASKS
from rnn_views.ui import frame, navigation, start_question
from rnn_views.ui.chain import show_chain

frame.show_heading(
    "A network with a memory",
    "A recurrent neural network reads one word at a time and hands what it has kept to itself.",
)
task = TASKS["sentiment"]
network = task.shipped()
reading = task.read(network, task.encode(start_question.SENTENCE))
answered = start_question.ask_sentence(task, network, reading)
show_chain(
    reading,
    key="start-chain",
    badge="trained (shipped)",
    fragment=None,
    start={"rolled": not answered, "t": len(reading.inputs[0]) if answered else 1},
)
navigation.show_doors()
