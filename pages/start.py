"""Start: one minute with the temporal loop."""

from rnn_views.ui import frame

frame.show_heading(
    "A network with a memory",
    "A recurrent neural network reads one word, updates a small state, and hands that state to "
    "itself for the next word.",
)
