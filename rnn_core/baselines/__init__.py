"""Models without a recurrent state, to compare with: feed-forward, n-grams, nearest neighbour."""
