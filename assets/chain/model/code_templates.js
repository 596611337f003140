// The lines of each cell as they stand in a loop over t, from which code_lines.js makes a stop's own.
// `if` names the fact a line needs, `shows` the numbers it gives (two names: an outer product),
// `block` which gate's part of them, `lights` what lights up in the chain.

export const TEMPLATES = {
  rnn: {
    forward: [
      {code: "x[t] = E[token[t]]", if: "embedded", shows: "x", lights: "W_xh"},
      {code: "from_x[t] = x[t] @ W_xh", if: "vector", shows: "from_x", lights: "W_xh"},
      {code: "from_x[t] = W_xh[token[t]]", if: "token", shows: "from_x", lights: "W_xh"},
      {code: "from_h[t] = h[t-1] @ W_hh", if: "loop", shows: "from_h", lights: "W_hh"},
      {code: "from_h[t] = np.zeros(H)", if: "cut", shows: "from_h"},
      {code: "a[t] = from_x[t] + from_h[t] + b_h", shows: "a"},
      {code: "h[t] = np.tanh(a[t])", if: "tanh", shows: "h"},
      {code: "h[t] = np.maximum(a[t], 0)", if: "relu", shows: "h"},
      {code: "logits[t] = h[t] @ W_hy + b_y", if: "says", shows: "logits", lights: "W_hy"},
      {code: "p[t] = softmax(logits[t])", if: "classes", shows: "p"}
    ],
    backward: [
      {code: "dh_local[t] = dlogits[t] @ W_hy.T", if: "says", shows: "dh_local", lights: "own"},
      {code: "dh_local[t] = np.zeros(H)", if: "mute", shows: "dh_local", lights: "own"},
      {code: "dh_recurrent[t] = da[t+1] @ W_hh.T", if: "inside", shows: "dh_recurrent", lights: "future"},
      {code: "dh_recurrent[t] = da[t+1] @ next.W_hh.T", if: "handover", shows: "dh_recurrent", lights: "future"},
      {code: "dh_recurrent[t] = np.zeros(H)", if: "end", shows: "dh_recurrent", lights: "future"},
      {code: "dh[t] = dh_local[t] + dh_recurrent[t]", shows: "dh"},
      {code: "da[t] = dh[t] * (1 - h[t]**2)", if: "tanh", shows: "da"},
      {code: "da[t] = dh[t] * (a[t] > 0)", if: "relu", shows: "da"},
      {code: "dW_xh += np.outer(x[t], da[t])", if: "vector", shows: ["x", "da"]},
      {code: "dW_xh[token[t]] += da[t]", if: "token", shows: ["one", "da"]},
      {code: "dE[token[t]] += da[t] @ W_xh.T", if: "embedded", shows: ["one", "dx"]},
      {code: "dW_hh += np.outer(h[t-1], da[t])", if: "loop", shows: ["before", "da"], lights: "W_hh"},
      {code: "db_h += da[t]", shows: ["one", "da"]},
      {code: "dW_hy += np.outer(h[t], dlogits[t])", if: "says", shows: ["h", "dlogits"], lights: "W_hy"},
      {code: "db_y += dlogits[t]", if: "says", shows: ["one", "dlogits"]}
    ]
  },
  lstm: {
    forward: [
      {code: "x[t] = E[token[t]]", if: "embedded", shows: "x", lights: "W_xh"},
      {code: "from_x[t] = x[t] @ W_xh", if: "vector", shows: "from_x", lights: "W_xh"},
      {code: "from_x[t] = W_xh[token[t]]", if: "token", shows: "from_x", lights: "W_xh"},
      {code: "from_h[t] = h[t-1] @ W_hh", shows: "from_h", lights: "W_hh"},
      {code: "a[t] = from_x[t] + from_h[t] + b_h", shows: "a"},
      {code: "i[t] = sigmoid(a[t][:H])", shows: "i"},
      {code: "f[t] = sigmoid(a[t][H:2*H])", shows: "f"},
      {code: "g[t] = np.tanh(a[t][2*H:3*H])", shows: "g"},
      {code: "o[t] = sigmoid(a[t][3*H:])", shows: "o"},
      {code: "c[t] = f[t] * c[t-1] + i[t] * g[t]", shows: "c"},
      {code: "h[t] = o[t] * np.tanh(c[t])", shows: "h"},
      {code: "logits[t] = h[t] @ W_hy + b_y", if: "says", shows: "logits", lights: "W_hy"},
      {code: "p[t] = softmax(logits[t])", if: "classes", shows: "p"}
    ],
    backward: [
      {code: "dh_local[t] = dlogits[t] @ W_hy.T", if: "says", shows: "dh_local", lights: "own"},
      {code: "dh_local[t] = np.zeros(H)", if: "mute", shows: "dh_local", lights: "own"},
      {code: "dh_recurrent[t] = da[t+1] @ W_hh.T", if: "inside", shows: "dh_recurrent", lights: "future"},
      {code: "dh_recurrent[t] = da[t+1] @ next.W_hh.T", if: "handover", shows: "dh_recurrent", lights: "future"},
      {code: "dh_recurrent[t] = np.zeros(H)", if: "end", shows: "dh_recurrent", lights: "future"},
      {code: "dh[t] = dh_local[t] + dh_recurrent[t]", shows: "dh"},
      {code: "dc_recurrent[t] = dc[t+1] * f[t+1]", if: "behind", shows: "dc_recurrent", lights: "future"},
      {code: "dc_recurrent[t] = np.zeros(H)", if: "end", shows: "dc_recurrent", lights: "future"},
      {code: "dc[t] = dh[t] * o[t] * (1 - np.tanh(c[t])**2) + dc_recurrent[t]", shows: "dc"},
      {code: "da[t][:H] = dc[t] * g[t] * i[t] * (1 - i[t])", shows: "da", block: 0},
      {code: "da[t][H:2*H] = dc[t] * c[t-1] * f[t] * (1 - f[t])", shows: "da", block: 1},
      {code: "da[t][2*H:3*H] = dc[t] * i[t] * (1 - g[t]**2)", shows: "da", block: 2},
      {code: "da[t][3*H:] = dh[t] * np.tanh(c[t]) * o[t] * (1 - o[t])", shows: "da", block: 3},
      {code: "dW_xh += np.outer(x[t], da[t])", if: "vector", shows: ["x", "da"]},
      {code: "dW_xh[token[t]] += da[t]", if: "token", shows: ["one", "da"]},
      {code: "dE[token[t]] += da[t] @ W_xh.T", if: "embedded", shows: ["one", "dx"]},
      {code: "dW_hh += np.outer(h[t-1], da[t])", shows: ["before", "da"], lights: "W_hh"},
      {code: "db_h += da[t]", shows: ["one", "da"]},
      {code: "dW_hy += np.outer(h[t], dlogits[t])", if: "says", shows: ["h", "dlogits"], lights: "W_hy"},
      {code: "db_y += dlogits[t]", if: "says", shows: ["one", "dlogits"]}
    ]
  },
  gru: {
    forward: [
      {code: "x[t] = E[token[t]]", if: "embedded", shows: "x", lights: "W_xh"},
      {code: "from_x[t] = x[t] @ W_xh", if: "vector", shows: "from_x", lights: "W_xh"},
      {code: "from_x[t] = W_xh[token[t]]", if: "token", shows: "from_x", lights: "W_xh"},
      {code: "r[t] = sigmoid(from_x[t][:H] + h[t-1] @ W_hh[:, :H] + b_h[:H])", shows: "r", lights: "W_hh"},
      {code: "z[t] = sigmoid(from_x[t][H:2*H] + h[t-1] @ W_hh[:, H:2*H] + b_h[H:2*H])", shows: "z", lights: "W_hh"},
      {code: "n_recurrent[t] = h[t-1] @ W_hh[:, 2*H:] + b_hn", shows: "n_recurrent", lights: "W_hh"},
      {code: "n[t] = np.tanh(from_x[t][2*H:] + r[t] * n_recurrent[t] + b_h[2*H:])", shows: "n"},
      {code: "h[t] = (1 - z[t]) * n[t] + z[t] * h[t-1]", shows: "h"},
      {code: "logits[t] = h[t] @ W_hy + b_y", if: "says", shows: "logits", lights: "W_hy"},
      {code: "p[t] = softmax(logits[t])", if: "classes", shows: "p"}
    ],
    backward: [
      {code: "dh_local[t] = dlogits[t] @ W_hy.T", if: "says", shows: "dh_local", lights: "own"},
      {code: "dh_local[t] = np.zeros(H)", if: "mute", shows: "dh_local", lights: "own"},
      {code: "dh_recurrent[t] = dh[t+1] * z[t+1] + da_recurrent[t+1] @ W_hh.T", if: "inside", shows: "dh_recurrent", lights: "future"},
      {code: "dh_recurrent[t] = dh[t+1] * z[t+1] + da_recurrent[t+1] @ next.W_hh.T", if: "handover", shows: "dh_recurrent", lights: "future"},
      {code: "dh_recurrent[t] = np.zeros(H)", if: "end", shows: "dh_recurrent", lights: "future"},
      {code: "dh[t] = dh_local[t] + dh_recurrent[t]", shows: "dh"},
      {code: "da[t][2*H:] = dh[t] * (1 - z[t]) * (1 - n[t]**2)", shows: "da", block: 2},
      {code: "da[t][H:2*H] = dh[t] * (h[t-1] - n[t]) * z[t] * (1 - z[t])", shows: "da", block: 1},
      {code: "da[t][:H] = da[t][2*H:] * n_recurrent[t] * r[t] * (1 - r[t])", shows: "da", block: 0},
      {code: "da_recurrent[t] = np.concatenate([da[t][:2*H], da[t][2*H:] * r[t]])", shows: "da_recurrent"},
      {code: "dW_xh += np.outer(x[t], da[t])", if: "vector", shows: ["x", "da"]},
      {code: "dW_xh[token[t]] += da[t]", if: "token", shows: ["one", "da"]},
      {code: "dE[token[t]] += da[t] @ W_xh.T", if: "embedded", shows: ["one", "dx"]},
      {code: "dW_hh += np.outer(h[t-1], da_recurrent[t])", shows: ["before", "da_recurrent"], lights: "W_hh"},
      {code: "db_h += da[t]", shows: ["one", "da"]},
      {code: "db_hn += da_recurrent[t][2*H:]", shows: ["one", "da_recurrent"], block: 2},
      {code: "dW_hy += np.outer(h[t], dlogits[t])", if: "says", shows: ["h", "dlogits"], lights: "W_hy"},
      {code: "db_y += dlogits[t]", if: "says", shows: ["one", "dlogits"]}
    ]
  },
  loss: [
    {code: "loss[t] = -np.log(p[t][target[t]])", shows: "loss"},
    {code: "dlogits[t] = (p[t] - one_hot(target[t])) / N", shows: "dlogits"}
  ],
  half_square: [
    {code: "loss[t] = 0.5 * ((logits[t] - y[t])**2).sum()", shows: "loss"},
    {code: "dlogits[t] = (logits[t] - y[t]) / N", shows: "dlogits"}
  ],
  mean: {code: "L = loss.sum() / N", shows: "L"},
  update: {
    mean: {code: "dW = sum(n[b] * dW_of[b] for b in range(B)) / N", shows: "mean"},
    clip: {code: "dW *= min(1, clip / norm)", shows: "clip"},
    decay: {code: "W *= 1 - lr * weight_decay", shows: "decayed"},
    sgd: [
      {code: "W -= lr * dW", shows: "new"}
    ],
    momentum: [
      {code: "v = 0.9 * v + dW", shows: "first"},
      {code: "W -= lr * v", shows: "new"}
    ],
    adam: [
      {code: "m = 0.9 * m + 0.1 * dW", shows: "first"},
      {code: "v = 0.999 * v + 0.001 * dW**2", shows: "second"},
      {code: "W -= lr * (m / (1 - 0.9**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)", shows: "new"}
    ]
  }
}

// What the lines take for granted: NumPy, three short functions, and where everything begins.
export const BEFORE = [
  "import numpy as np",
  "def sigmoid(a): return 1 / (1 + np.exp(-a))",
  "def softmax(z): return np.exp(z - z.max()) / np.exp(z - z.max()).sum()",
  "def one_hot(c): return np.eye(C)[c]",
]
