"""Running a network step by step: free running and teacher forcing."""
