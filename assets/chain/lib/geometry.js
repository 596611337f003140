// Sizes and places of what is drawn in many places: a block of units, the heat map of a weight.

// Units stand in a block that is read down, then right; at most 16 high.
export function foldBlock(hidden) {
  const columns = Math.ceil(hidden / 16)
  return { columns, rows: Math.ceil(hidden / columns) }
}

const CELL_WIDTHS = [46, 24, 18, 14]

export function cellSize({ columns, rows }, short) {
  const width = CELL_WIDTHS[Math.min(columns, 4) - 1]
  const tall = rows <= 8 ? 20 : rows <= 10 ? 17 : rows <= 12 ? 15 : 12
  return { width, height: short ? Math.max(10, tall - 3) : tall }
}

// The column of cells that unit i (from 0) stands in, relative to the block's top left corner.
export function cellPlace(block, i) {
  const column = Math.floor(i / block.rows)
  return {
    x: column * block.cell.width,
    y: (i % block.rows) * block.cell.height,
    column,
    row: i % block.rows,
  }
}

// Which unit lies at a point of the block, or null.
export function unitAt(block, x, y, hidden) {
  const column = Math.floor(x / block.cell.width)
  const row = Math.floor(y / block.cell.height)
  const inside = column >= 0 && column < block.columns && row >= 0 && row < block.rows
  const unit = column * block.rows + row
  return inside && unit < hidden ? unit : null
}

// A weight's heat map: the size of its cells and where it stands in its slot of the plate.
export function mapSize(rows, columns, width, height) {
  const size = Math.min(12, width / columns, height / rows)
  if (size >= 4) {
    const cell = Math.floor(size)
    return { width: cell * columns, height: cell * rows, cell }
  }
  const scale = Math.min(width / columns, height / rows)
  return {
    width: Math.min(width, Math.max(columns * scale, 14)),
    height: Math.min(height, Math.max(rows * scale, 14)),
    cell: 0,
  }
}
