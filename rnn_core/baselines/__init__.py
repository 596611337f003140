"""Networks without a recurrent state, to compare with."""
