"""Parts of the page What is an RNN?"""
