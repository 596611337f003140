"""Train a small network on first names, letter by letter, then let it invent some.

    python examples/train_names.py [updates]

Needs NumPy and this checkout, nothing else.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

import rnn_core as rc

updates = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
names = (Path(__file__).parent.parent / "assets/data/names.txt").read_text("utf-8").split()
rng = np.random.default_rng(0)

# Token 0 is the edge of a name, 1 to 26 are a to z. Time comes first: one column per name.
T = max(map(len, names)) + 1
read, said = np.zeros((T, len(names)), int), np.full((T, len(names)), -1)
for column, name in enumerate(names):
    letters = [ord(letter) - 96 for letter in name]
    read[1 : len(name) + 1, column] = letters  # what the network sees: edge, a, n, n, a
    said[: len(name) + 1, column] = [*letters, 0]  # what comes next:     a, n, n, a, edge

step = rc.TrainingStep(
    rc.init("gru", inputs=27, hidden=64, outputs=27, seed=0), steps=T, batch=32, lr=5e-3, clip=1.0
)
for update in range(1, updates + 1):
    some = rng.integers(len(names), size=32)
    loss = step.update(read[:, some], said[:, some])
    if update % max(1, updates // 5) == 0:
        print(f"update {update:5}: {loss:.3f} nats per letter")

drawn = rc.generate(step.params, np.zeros(10, int), steps=T, seed=1, temperature=0.8).x[1:]
for tokens in drawn.T:
    print("".join(chr(96 + token) for token in tokens).split("`")[0].capitalize())
