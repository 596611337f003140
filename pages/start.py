"""Start: one minute with the temporal loop."""

from rnn_core.tasks import TASKS
from rnn_views.ui.chain import editing
from rnn_views.ui.shell import header, navigation
from rnn_views.ui.start import question

header.show_heading(
    "A network with a memory",
    "A recurrent neural network reads one word at a time. At each step it also gets back its own "
    "state from the step before.",
)
task = TASKS["sentiment"]
network = task.pretrained()
example = task.encode(question.SENTENCE)
answered = question.ask_sentence(task, network, task.run(network, example))
editing.show_editable_chain(
    task,
    network,
    example,
    key=question.PICTURE,
    badge="trained (shipped)",
    start=question.first_sight(answered),
)
if answered:
    question.show_where_to_look()
navigation.show_page_cards()
navigation.show_next()
