import assert from "node:assert/strict"
import { test } from "node:test"

import { cellPlace, cellSize, foldBlock, mapSize, unitAt } from "../../assets/chain/lib/geometry.js"

test("a block has at most 16 rows, and room for each unit", () => {
  assert.deepEqual(foldBlock(1), { columns: 1, rows: 1 })
  assert.deepEqual(foldBlock(16), { columns: 1, rows: 16 })
  assert.deepEqual(foldBlock(17), { columns: 2, rows: 9 })
  assert.deepEqual(foldBlock(40), { columns: 3, rows: 14 })
  assert.deepEqual(foldBlock(64), { columns: 4, rows: 16 })
})

test("cells get smaller the more there are, and on a low screen", () => {
  assert.deepEqual(cellSize({ columns: 1, rows: 8 }, false), { width: 46, height: 20 })
  assert.deepEqual(cellSize({ columns: 2, rows: 9 }, false), { width: 24, height: 17 })
  assert.deepEqual(cellSize({ columns: 3, rows: 11 }, false), { width: 18, height: 15 })
  assert.deepEqual(cellSize({ columns: 9, rows: 16 }, false), { width: 14, height: 12 })
  assert.deepEqual(cellSize({ columns: 1, rows: 8 }, true), { width: 46, height: 17 })
  assert.deepEqual(cellSize({ columns: 4, rows: 16 }, true), { width: 14, height: 10 })
})

const blockOf = (hidden) => {
  const block = foldBlock(hidden)
  return { ...block, cell: cellSize(block, false) }
}

test("units stand below one another, then in the next column", () => {
  const block = blockOf(17)
  assert.deepEqual(cellPlace(block, 0), { x: 0, y: 0, column: 0, row: 0 })
  assert.deepEqual(cellPlace(block, 8), { x: 0, y: 136, column: 0, row: 8 })
  assert.deepEqual(cellPlace(block, 9), { x: 24, y: 0, column: 1, row: 0 })
})

test("the middle of each cell is on its own unit", () => {
  for (const hidden of [1, 7, 16, 17, 40, 64]) {
    const block = blockOf(hidden)
    for (let unit = 0; unit < hidden; unit++) {
      const { x, y } = cellPlace(block, unit)
      const found = unitAt(block, x + block.cell.width / 2, y + block.cell.height / 2, hidden)
      assert.equal(found, unit)
    }
  }
})

test("beside the block, and in the empty cell at its end, there is no unit", () => {
  const block = blockOf(17)
  assert.equal(unitAt(block, -1, 5, 17), null)
  assert.equal(unitAt(block, 5, -1, 17), null)
  assert.equal(unitAt(block, 48, 5, 17), null)
  assert.equal(unitAt(block, 5, 9 * 17, 17), null)
  assert.equal(unitAt(block, 30, 8 * 17 + 5, 17), null)
})

test("a heat map has whole cells while they are 4 pixels or more", () => {
  assert.deepEqual(mapSize(3, 4, 100, 100), { width: 48, height: 36, cell: 12 })
  assert.deepEqual(mapSize(10, 10, 55, 200), { width: 50, height: 50, cell: 5 })
  assert.deepEqual(mapSize(10, 10, 39, 200), { width: 39, height: 39, cell: 0 })
  assert.deepEqual(mapSize(100, 2, 50, 200), { width: 14, height: 200, cell: 0 })
})
