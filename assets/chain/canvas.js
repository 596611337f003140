// A picture that is read: which pixel an input is, and weights packed for drawing. Pure.

export const COLOURS = ["red", "green", "blue"]

// Which pixel an entry of x is: row, column and colour, counted from 1.
export function pixelOf([, columns, depth = 1], index) {
  const place = Math.floor(index / depth)
  const colour = depth === 3 ? `, ${COLOURS[index % 3]}` : ""
  return `row ${Math.floor(place / columns) + 1}, column ${(place % columns) + 1}${colour}`
}

// Two levels of 1…15 in a byte, 8 is zero, 15 the limit of the column; for drawing.
export function decodeShades({ shape, u4, limits }) {
  const bytes = Uint8Array.from(atob(u4), (c) => c.charCodeAt(0))
  const data = Float32Array.from({ length: shape[0] * shape[1] }, (_, n) =>
    ((((n % 2 ? bytes[n >> 1] : bytes[n >> 1] >> 4) & 15) - 8) / 7) * limits[n % shape[1]])
  return { shape, data, width: shape[1], limits }
}
