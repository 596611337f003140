// A picture that is read: which pixel an input is, and weights packed for drawing. Pure.

export const COLOURS = ["red", "green", "blue"]

/**
 * Which pixel an entry of x is: row, column and colour, counted from 1.
 *
 * @param {number[]} shape
 * @param {number} index
 */
export function pixelOf([, columns, depth = 1], index) {
  const place = Math.floor(index / depth)
  const colour = depth === 3 ? `, ${COLOURS[index % 3]}` : ""
  return `row ${Math.floor(place / columns) + 1}, column ${(place % columns) + 1}${colour}`
}

// How a step shows what it reads: the whole picture, or the one row of it that is read then.
export function gridOf({ input }, picture) {
  if (!picture || (input !== "picture" && input !== "row")) return null
  const [rows, columns, depth = 1] = picture.shape
  return { rows: input === "row" ? 1 : rows, columns, depth }
}

// The entry of x that is the pixel in row r, column c; of its colours one whose number travels.
export function entryOfPixel({ columns, depth }, { index }, r, c) {
  const first = (r * columns + c) * depth
  const colours = Array.from({ length: depth }, (_, colour) => first + colour)
  return colours.find((entry) => index.includes(entry)) ?? first
}

/**
 * Two levels of 1…15 in a byte, 8 is zero, 15 the limit of the column; for drawing.
 *
 * @param {{ shape: number[], u4: string, limits: number[] }} packed
 */
export function decodeShades({ shape, u4, limits }) {
  const bytes = Uint8Array.from(atob(u4), (c) => c.charCodeAt(0))
  const data = Float32Array.from(
    { length: shape[0] * shape[1] },
    (_, n) =>
      ((((n % 2 ? bytes[n >> 1] : bytes[n >> 1] >> 4) & 15) - 8) / 7) * limits[n % shape[1]],
  )
  return { shape, data, width: shape[1], limits }
}
