// An entry of a weight by its name; of a gated cell the column tells gate and unit.

import { GATES } from "./terms_gated.js"

export function entryName({ name, r, c, segment }) {
  const rows = name === "W_xh" ? segment.rows : null
  const from = rows ? (rows.names?.[r] ?? rows.index[r] + 1) : r + 1
  const gates = { 3: GATES.gru, 4: GATES.lstm }[segment.weights.b_h.data.length / segment.hidden]
  const gated = gates && !name.endsWith("y")
  const letters = gated ? name.slice(0, -1) + gates[Math.floor(c / segment.hidden)] : name
  const unit = (gated ? c % segment.hidden : c) + 1
  return name.startsWith("b") ? `${letters}[${unit}]` : `${letters}[${from} → ${unit}]`
}
