"""Numbers edited by hand: what they are, and the network they make."""
