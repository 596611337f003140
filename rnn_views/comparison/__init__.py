"""Recorded results of the RNNs and of their baselines."""
