// A vanilla network small enough to follow, as a payload: two units read three steps of two numbers
// and name one of three classes at each. Its loss can be computed with one number moved, so slopes
// are measured and need no formula of backpropagation.

export const T = 3
export const H = 2
const D = 2
const C = 3
const X = [
  [0.5, -1],
  [2, 0.25],
  [-0.75, 1.5],
]
const TARGETS = [2, 0, 1]
export const WEIGHTS = {
  W_xh: [
    [0.5, -0.25],
    [0.125, 0.75],
  ],
  W_hh: [
    [0.75, -0.5],
    [0.25, 1],
  ],
  W_hy: [
    [1, -0.5, 0.25],
    [-0.75, 0.5, 0.125],
  ],
  b_h: [[0.125, -0.25]],
  b_y: [[0, 0.25, -0.125]],
}

const times = (row, matrix) =>
  matrix[0].map((_, c) => row.reduce((sum, value, r) => sum + value * matrix[r][c], 0))
const plus = (...rows) => rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0))

// Runs the network; `push` is added to state k (from 1) of a unit.
function run(weights = WEIGHTS, push = { k: 0, unit: 0, by: 0 }) {
  const found = { h: [[0, 0]], from_x: [], from_h: [], a: [], logits: [], p: [], losses: [] }
  X.forEach((x, j) => {
    const [fromX, fromH] = [times(x, weights.W_xh), times(found.h[j], weights.W_hh)]
    const a = plus(fromX, fromH, weights.b_h[0])
    const h = a.map((value, unit) => {
      const pushed = push.k === j + 1 && push.unit === unit
      return Math.tanh(value) + (pushed ? push.by : 0)
    })
    const logits = plus(times(h, weights.W_hy), weights.b_y[0])
    const sum = logits.reduce((total, value) => total + Math.exp(value), 0)
    const p = logits.map((value) => Math.exp(value) / sum)
    found.from_x.push(fromX)
    found.from_h.push(fromH)
    found.a.push(a)
    found.h.push(h)
    found.logits.push(logits)
    found.p.push(p)
    found.losses.push(-Math.log(p[TARGETS[j]]))
  })
  return { ...found, loss: found.losses.reduce((sum, value) => sum + value, 0) / T }
}

const EPS = 1e-5

// The slope of the loss along one entry of a weight, measured.
export function slopeAlongWeight(name, r, c) {
  const lossWith = (by) => {
    const moved = WEIGHTS[name].map((row) => [...row])
    moved[r][c] += by
    return run({ ...WEIGHTS, [name]: moved }).loss
  }
  return (lossWith(EPS) - lossWith(-EPS)) / (2 * EPS)
}

// The slope of the loss along unit i (from 0) of state k, measured.
export function slopeAlongState(k, unit) {
  const lossWith = (by) => run(WEIGHTS, { k, unit, by }).loss
  return (lossWith(EPS) - lossWith(-EPS)) / (2 * EPS)
}

export function pack(rows) {
  const values = Float32Array.from(rows.flat())
  return { shape: [rows.length, rows[0].length], f32: base64(new Uint8Array(values.buffer)) }
}

const packVector = (row) => ({ ...pack([row]), shape: [row.length] })

const base64 = (bytes) => btoa(String.fromCharCode(...bytes))

function gradientsOf({ h, p }) {
  const zeros = () => [0, 0]
  const dlogits = p.map((row, j) => row.map((value, c) => (value - (TARGETS[j] === c)) / T))
  const g = { dh: [zeros()], dh_local: [zeros()], dh_recurrent: [zeros()], da: [] }
  let behind = zeros()
  for (let j = T - 1; j >= 0; j--) {
    g.dh_recurrent[j + 1] = behind
    g.dh_local[j + 1] = WEIGHTS.W_hy.map((row) =>
      row.reduce((sum, weight, c) => sum + weight * dlogits[j][c], 0),
    )
    g.dh[j + 1] = plus(g.dh_local[j + 1], behind)
    g.da[j] = g.dh[j + 1].map((value, i) => value * (1 - h[j + 1][i] ** 2))
    behind = WEIGHTS.W_hh.map((row) => row.reduce((sum, weight, m) => sum + weight * g.da[j][m], 0))
  }
  g.dh_recurrent[0] = behind
  g.dh[0] = behind
  return { ...g, da_recurrent: g.da, dlogits }
}

// The payload of that network; `more` changes its segment, `whole` the rest.
export function tinyPayload(more = {}, whole = {}) {
  const found = run()
  const gradients = gradientsOf(found)
  const norms = gradients.dh_recurrent.map((row) => Math.hypot(...row))
  const total = Object.fromEntries(
    Object.entries(WEIGHTS).map(([name, rows]) => [
      name,
      pack(rows.map((row, r) => row.map((_, c) => slopeAlongWeight(name, r, c)))),
    ]),
  )
  const segment = {
    name: "network",
    reads: "data",
    says: "each",
    steps: T,
    hidden: H,
    inputs: D,
    outputs: C,
    activation: "tanh",
    labels: ["one", "two", "three"],
    fed: ["data", "data", "data"],
    input: "values",
    embedded: false,
    rows: { index: [0, 1], of: D },
    x: pack(X),
    x_norm: X.map((row) => Math.hypot(...row)),
    ...Object.fromEntries(["from_x", "from_h", "a", "h"].map((name) => [name, pack(found[name])])),
    c: null,
    gates: {},
    n_recurrent: null,
    weights: {
      ...Object.fromEntries(["W_xh", "W_hh", "W_hy"].map((name) => [name, pack(WEIGHTS[name])])),
      b_h: packVector(WEIGHTS.b_h[0]),
      b_y: packVector(WEIGHTS.b_y[0]),
    },
    pixels: null,
    copies: null,
    out: {
      says: [true, true, true],
      logits: pack(found.logits),
      p: pack(found.p),
      said: ["A", "B", "C"],
      chosen: found.p.map((row) => row.indexOf(Math.max(...row))),
      targets: TARGETS,
      losses: found.losses,
    },
    gradients: {
      ...Object.fromEntries(Object.entries(gradients).map(([name, rows]) => [name, pack(rows)])),
      dc: null,
      dc_recurrent: null,
      dx: null,
      wire: norms,
      wire_h: norms,
      wire_c: null,
      total,
      norms: {},
      truncate: null,
    },
    ...more,
  }
  return {
    version: 1,
    id: "tiny",
    cell: "rnn",
    cut: false,
    unit: "nats",
    loss: found.loss,
    says_in: null,
    classes: ["A", "B", "C"],
    picture: null,
    segments: [segment],
    ...whole,
  }
}
