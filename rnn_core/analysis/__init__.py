"""What a trained or untrained network does, measured: gradient flow, attribution, checks."""
