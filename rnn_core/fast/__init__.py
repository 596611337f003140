"""The fast path: the same forward and backward pass, for training, without a trace."""
