"""What the picture of the chain is given to draw."""
