"""The failure modes as the page Training shows them."""
