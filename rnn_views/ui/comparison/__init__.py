"""Parts of the page Why not feed-forward?"""
