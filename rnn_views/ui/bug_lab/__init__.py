"""Parts of the page Find the bug."""
