// The sums and slopes of gated cells, against slopes that are measured: a number of the forward
// pass is moved a little, and the loss is computed again.

import assert from "node:assert/strict"
import { test } from "node:test"

import { backwardGates, gateSums } from "../../assets/chain/model/terms_gated.js"
import { near } from "./near.js"

const H = 2
const T = 3
const BLOCKS = { lstm: 4, gru: 3 }
const sigmoid = (a) => 1 / (1 + Math.exp(-a))

// Numbers that look arbitrary and are the same at each run.
const arbitrary = (n) => Math.sin(12.9898 * (n + 1)) * 0.8
const matrix = (rows, columns, seed) =>
  Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) => arbitrary(seed + r * columns + c)),
  )

function weightsOf(cell) {
  const wide = BLOCKS[cell] * H
  return {
    W_xh: matrix(1, wide, 100),
    W_hh: matrix(H, wide, 200),
    b_h: matrix(1, wide, 300),
    b_hn: matrix(1, H, 400),
  }
}

const X = [0.75, -1.25, 0.5]
// The loss is a sum of all states, each times a number of its own.
const OWN = matrix(T, H, 500)

// `push` moves one number: { what: "a" | "c" | "h", j, at, by }.
function run(cell, push = {}) {
  const { W_xh, W_hh, b_h, b_hn } = weightsOf(cell)
  const pushed = (what, j, row) =>
    row.map((value, at) =>
      push.what === what && push.j === j && push.at === at ? value + push.by : value,
    )
  const found = { from_x: [], from_h: [], a: [], n_recurrent: [], h: [[0, 0]], c: [[0, 0]] }
  const gates = []
  let loss = 0
  for (let j = 0; j < T; j++) {
    const [before, memory] = [found.h[j], found.c[j]]
    const fromX = W_xh[0].map((weight) => X[j] * weight)
    const fromH = W_hh[0].map((_, q) => before.reduce((sum, h, m) => sum + h * W_hh[m][q], 0))
    const block = (row, b) => row.slice(b * H, (b + 1) * H)
    const recurrent = cell === "gru" ? block(fromH, 2).map((value, i) => value + b_hn[0][i]) : null
    const sums = fromX.map((value, q) => value + fromH[q] + b_h[0][q])
    let a = pushed("a", j, sums)
    let h, c
    if (cell === "lstm") {
      const [i, f, o] = [0, 1, 3].map((b) => block(a, b).map(sigmoid))
      const g = block(a, 2).map(Math.tanh)
      c = pushed(
        "c",
        j,
        memory.map((old, n) => f[n] * old + i[n] * g[n]),
      )
      h = c.map((value, n) => o[n] * Math.tanh(value))
      gates.push({ i, f, g, o })
    } else {
      const r = block(a, 0).map(sigmoid)
      const z = block(a, 1).map(sigmoid)
      const gated = recurrent.map((value, n) => r[n] * value)
      gated.forEach((value, n) => (fromH[2 * H + n] = value))
      const candidate = gated.map((value, n) => fromX[2 * H + n] + value + b_h[0][2 * H + n])
      a = [
        ...a.slice(0, 2 * H),
        ...pushed("a", j, [...a.slice(0, 2 * H), ...candidate]).slice(2 * H),
      ]
      const n = block(a, 2).map(Math.tanh)
      h = before.map((old, m) => (1 - z[m]) * n[m] + z[m] * old)
      c = [0, 0]
      gates.push({ r, z, n })
    }
    h = pushed("h", j, h)
    loss += h.reduce((sum, value, n) => sum + value * OWN[j][n], 0)
    found.from_x.push(fromX)
    found.from_h.push(fromH)
    found.a.push(a)
    found.n_recurrent.push(recurrent ?? [0, 0])
    found.h.push(h)
    found.c.push(c)
  }
  return { ...found, gates, loss }
}

const EPS = 1e-5
const slope = (cell, what, j, at) =>
  (run(cell, { what, j, at, by: EPS }).loss - run(cell, { what, j, at, by: -EPS }).loss) / (2 * EPS)
const slopes = (cell, what, width) =>
  Array.from({ length: T }, (_, j) =>
    Array.from({ length: width }, (_, at) => slope(cell, what, j, at)),
  )

const array = (rows) => ({ width: rows[0].length, data: Float32Array.from(rows.flat()) })
const vector = (row) => ({ width: 1, data: Float32Array.from(row) })

function modelOf(cell) {
  const found = run(cell)
  const { W_xh, W_hh, b_h, b_hn } = weightsOf(cell)
  const names = Object.keys(found.gates[0])
  const segment = {
    name: "network",
    hidden: H,
    steps: T,
    rows: { index: [0], of: 1 },
    x: array(X.map((x) => [x])),
    ...Object.fromEntries(
      ["from_x", "from_h", "a", "h", "n_recurrent"].map((name) => [name, array(found[name])]),
    ),
    c: cell === "lstm" ? array(found.c) : null,
    gates: Object.fromEntries(names.map((name) => [name, array(found.gates.map((g) => g[name]))])),
    weights: { W_xh: array(W_xh), W_hh: array(W_hh), b_h: vector(b_h[0]), b_hn: vector(b_hn[0]) },
    copies: null,
    gradients: {
      truncate: null,
      dh: array([[0, 0], ...slopes(cell, "h", H)]),
      dc: array([[0, 0], ...(cell === "lstm" ? slopes(cell, "c", H) : found.c.slice(1))]),
      da: array(slopes(cell, "a", BLOCKS[cell] * H)),
      da_recurrent: array(slopes(cell, "a", BLOCKS[cell] * H)),
    },
  }
  const columns = X.map((_, j) => ({ k: j + 1, j, segment, label: `x${j}` }))
  return { cell, cut: false, segments: [segment], columns }
}

const sumOf = (terms) => terms.reduce((sum, { product }) => sum + product, 0)
const everyUnit = (model, check) =>
  model.columns.forEach((column) => [0, 1].forEach((i) => check(column, i)))

for (const cell of ["lstm", "gru"]) {
  test(`${cell}: each gate's terms and bias add up to its pre-activation and its value`, () => {
    const model = modelOf(cell)
    everyUnit(model, (column, i) => {
      const gates = gateSums(model, column, i)
      assert.equal(gates.length, BLOCKS[cell])
      for (const { gate, x, h, bias, a, value, from_h: arrives } of gates) {
        near(sumOf(x.terms), x.total)
        near(sumOf(h.terms), h.total)
        if (cell === "lstm" || gate !== "n") near(h.total, arrives)
        near(x.total + arrives + bias, a)
        near(value, gate === "n" || gate === "g" ? Math.tanh(a) : sigmoid(a))
      }
    })
  })

  test(`${cell}: what each gate's sum receives is its factor times its slope`, () => {
    const model = modelOf(cell)
    everyUnit(model, (column, i) => {
      const gates = backwardGates(model, column, i).find(({ use }) => use === "gates")
      assert.equal(gates.terms.length, BLOCKS[cell])
      for (const { factor, weight, product } of gates.terms) near(factor * weight, product)
    })
  })
}

test("gru: in front of the reset gate the candidate adds b_hn", () => {
  const model = modelOf("gru")
  everyUnit(model, (column, i) => {
    const candidate = gateSums(model, column, i).find(({ gate }) => gate === "n")
    const reset = gateSums(model, column, i).find(({ gate }) => gate === "r")
    near((candidate.h.total + weightsOf("gru").b_hn[0][i]) * reset.value, candidate.from_h)
  })
})

test("lstm: the gradient of c comes from h and from the c after it", () => {
  const model = modelOf("lstm")
  everyUnit(model, (column, i) => {
    const cell = backwardGates(model, column, i).find(({ use }) => use === "cell")
    assert.equal(cell.terms.length, column.k < T ? 2 : 1)
    near(sumOf(cell.terms), cell.total)
  })
})
