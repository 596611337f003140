"""Parts of the page Types of RNN."""
