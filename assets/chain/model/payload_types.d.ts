// What Python sends to the chain component, as docs/payload.md tells it, and what payload.js makes
// of it. For `tsc` alone: no browser loads this file, and its names need no import. A test compares
// the fields with what rnn_views/chain/payload.py sends, and with docs/payload.md.

/** Float32, little-endian and row-major, in base64. */
interface Packed {
  shape: number[]
  f32: string
}

/** A picture: one byte for each number. */
interface PackedPicture {
  shape: number[]
  u8: string
}

/** Two levels of 1…15 in a byte; 8 is zero, 15 is the limit of the column. */
interface PackedLevels {
  shape: number[]
  u4: string
  limits: number[]
}

/** A decoded array. Entry (row, i) is data[row * width + i]. */
interface NumberArray {
  shape: number[]
  data: Float32Array
  width: number
}

type Cell = "rnn" | "gru" | "lstm"
type Phase = "forward" | "loss" | "backward" | "update"
type WeightName = "W_xh" | "W_hh" | "W_hy" | "b_h" | "b_y" | "b_hn"

/** The weights of a segment, or something of the same shapes. `A` is Packed or NumberArray. */
interface Weights<A> {
  W_xh: A
  W_hh: A
  W_hy: A
  b_h: A
  b_y: A
  /** Of a gru: the bias inside the reset gate. */
  b_hn?: A
  /** After an update, of an untied segment. */
  copies?: A
}

/** Which rows of W_xh are sent. */
interface Rows {
  index: number[]
  of: number
  names?: string[]
  picked?: number[]
}

interface Outputs<A> {
  says: boolean[]
  logits: A
  said: string[]
  losses: (number | null)[]
  /** Of classes. */
  p?: A
  chosen?: number[]
  targets?: number[]
  /** Of numbers. */
  wanted?: (number | null)[]
}

interface SegmentGradients<A> {
  dh: A
  dh_local: A
  dh_recurrent: A
  dc: A | null
  dc_recurrent: A | null
  da: A
  da_recurrent: A
  dlogits: A
  dx: A | null
  wire: (number | null)[]
  wire_h: (number | null)[]
  wire_c: (number | null)[] | null
  total: Weights<A>
  norms: Record<string, number | null>
  truncate: number | null
}

interface SegmentFields<A> {
  name: string
  reads: string
  says: string
  steps: number
  hidden: number
  inputs: number
  outputs: number
  activation: "tanh" | "relu"
  labels: string[]
  fed: ("data" | "target" | "own")[]
  input: "token" | "picture" | "row" | "values"
  embedded: boolean
  rows: Rows
  x: A | null
  x_norm: (number | null)[] | null
  from_x: A
  from_h: A
  a: A
  h: A
  c: A | null
  gates: Record<string, A>
  n_recurrent: A | null
  weights: Weights<A>
  out: Outputs<A> | null
  gradients: SegmentGradients<A> | null
}

interface PayloadSegment extends SegmentFields<Packed> {
  pixels: PackedLevels | null
  copies: Packed | null
}

interface Change {
  kind: string
  segment: number
  place: number[]
  old: number | null
  new: number | null
}

interface EditedSegment<A> {
  factor: number
  base: A | null
  copies: number | null
  tied: number
  untied: number
  parameters: number
  moved: (number | null)[]
}

interface EditedFields<A> {
  changes: Change[]
  segments: EditedSegment<A>[]
  largest: number | null
  largest_c: number | null
}

interface UpdateRule {
  optimizer: string
  lr: number
  clip: number | null
  weight_decay: number
  norm: number | null
}

interface UpdateFields<A> {
  rate: string
  rule: UpdateRule | null
  loss_before: number | null
  loss_after: number | null
  segments: Weights<A>[]
}

interface BatchFields<A> {
  size: number
  number: number
  part: number
  scored: number
  norm: number | null
  loss_before: number | null
  loss_after: number | null
  segments: Weights<A>[]
}

interface PayloadFields {
  version: number
  id: string
  task: string
  topology: string
  cell: Cell
  badge: string
  cut: boolean
  unit: string
  text: string
  sentence: string
  loss: number | null
  says_in: { unit: string; scale: number } | null
  classes: string[]
  checks?: Record<string, unknown>[]
  still: string
}

interface Payload extends PayloadFields {
  picture: PackedPicture | null
  segments: PayloadSegment[]
  update?: UpdateFields<Packed>
  batch?: BatchFields<Packed>
  edited?: EditedFields<Packed>
}

/** A segment as the picture uses it. Steps j count from 0 in it, steps k from 1 over all of them. */
interface Segment extends SegmentFields<NumberArray> {
  index: number
  first: number
  last: number
  pixels: (NumberArray & { limits: number[] }) | null
  copies: NumberArray[] | null
  /** The shape of the picture, where each step reads all of it. */
  canvas?: number[]
  /** With the wires cut, nothing that the segment makes is used. */
  disconnected: boolean
}

/** One time step. */
interface Column {
  k: number
  j: number
  segment: Segment
  label: string
  fed: string
  says: boolean
  target: number | null
  wanted: number | null
  chosen: number | null
  said: string
  loss: number | null
}

interface Model extends PayloadFields {
  segments: Segment[]
  columns: Column[]
  scored: Column[]
  phases: Phase[]
  T: number
  H: number
  picture: { shape: number[]; data: Uint8Array } | null
  limit: number
  gradLimit: number
  memoryLimit: number
  cells: number
  hasGradients: boolean
  hasLoss: boolean
  untied: boolean
  /** Whether the network says numbers, not classes. */
  numbers: boolean
  inUnit: string
  wires: { top: number; decades: number; width: (norm: number) => number }
  update: UpdateFields<NumberArray> | null
  batch: BatchFields<NumberArray> | null
  edited: EditedFields<NumberArray> | null
}

/** Where one is in a picture. */
interface ViewState {
  phase: Phase
  t: number
  zoom: number
  unit: number
  rolled: boolean
  weight: WeightName
  source: number
  code: boolean
  op: number
  share: "sum" | "last" | "mean"
}

/** A stop of the journey through one training step. */
interface Stop {
  phase: Phase
  t: number
  op?: number
}

/** Where in the blocks of a weight a unit is: its column q, and the letter of its block. */
interface Place {
  q: number
  unit: number
  block: string
}

/** One product of a sum. */
interface Term {
  index: number
  kind: string
  letters: string
  names: string[]
  factor: number
  weight: number
  product: number
  /** The gradient that arrives behind the weight. */
  arriving?: { value: number; letters: string } | null
  /** The name of the weight's own gradient. */
  gradient?: string
  /** Which pixel the input is, in words and as an entry of x. */
  where?: string
  pixel?: number
}

/** A line of NumPy as it is in a loop over t. */
interface CodeLine {
  code: string
  /** The fact that the line needs. */
  if?: string
  /** The array that it gives; two names: the factors of an outer product. */
  shows?: string | string[]
  /** Which gate's part of the array. */
  block?: number
  /** What it lights up in the chain. */
  lights?: string
}

interface CodeTemplates extends Record<Cell, { forward: CodeLine[]; backward: CodeLine[] }> {
  loss: CodeLine[]
  half_square: CodeLine[]
  mean: CodeLine
  update: {
    mean: CodeLine
    clip: CodeLine
    decay: CodeLine
    sgd: CodeLine[]
    momentum: CodeLine[]
    adam: CodeLine[]
  }
}
