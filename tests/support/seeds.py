"""Places drawn at random, the same in every run; others with DRAW_SEED=… in front."""

import os
import random

SEED = os.environ.get("DRAW_SEED", "0")


def draws(purpose: str) -> random.Random:
    """Return what draws the places of one test or file."""
    return random.Random(f"{SEED} {purpose}")
