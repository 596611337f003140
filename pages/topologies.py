"""Types of RNN: where a network reads and where it speaks."""

from rnn_views.ui import frame

frame.show_heading(
    "Types of RNN",
    "One cell, one loop. The types differ only in where the network reads and where it speaks.",
)
