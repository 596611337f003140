"""Training runs that go wrong in a known way, with healthy ones to compare with."""
