"""What is an RNN? A sentence goes through the chain, one word at a time."""

from rnn_views.ui import frame

frame.show_heading(
    "What is an RNN?",
    "A network made for sequences: at every step it reads one word and what it remembers.",
)
frame.tell("unroll", "The loop")
frame.tell("unroll", "The memory")
frame.tell("unroll", "The weights")
