import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"

import { RequestChannel } from "../../assets/chain/lib/requests.js"

let sent, words, given, asked, channel

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout"] })
  ;[sent, words, given, asked] = [[], [], 0, 0]
  globalThis.window = { dispatchEvent: ({ type }) => (asked += type === "unrolled-unanswered") }

  channel = new RequestChannel({
    send: (message) => sent.push(message),
    say: (text) => words.push(text),
    giveUp: () => (given += 1),
  })
})

test("each request has a serial, and the answer ends the wait", () => {
  channel.request({ do: "undo" })
  assert.deepEqual(sent, [{ do: "undo", serial: 1 }])
  assert.equal(channel.pending, true)
  assert.equal(channel.acknowledge(1), true)
  assert.equal(channel.pending, false)
  mock.timers.tick(60_000)
  assert.equal(sent.length, 1)
  channel.request({ do: "redo" })
  assert.equal(sent[1].serial, 2)
})

test("without an answer the same request is sent again every four seconds", () => {
  channel.request({ do: "undo" })
  mock.timers.tick(3999)
  assert.equal(sent.length, 1)
  mock.timers.tick(1)
  assert.equal(sent.length, 2)
  assert.deepEqual(sent[1], sent[0])
})

test("after two attempts the whole page is asked for, once", () => {
  channel.request({ do: "undo" })
  mock.timers.tick(4000)
  assert.equal(asked, 0)
  mock.timers.tick(4000)
  assert.equal(asked, 1)
  assert.match(words.at(-1), /has not answered yet/)
  mock.timers.tick(8000)
  assert.equal(asked, 1)
})

test("after five attempts it gives up and says so", () => {
  channel.request({ do: "undo" })
  for (let n = 0; n < 10; n++) mock.timers.tick(4000)
  assert.equal(sent.length, 5)
  assert.equal(given, 1)
  assert.equal(channel.pending, false)
  assert.match(words.at(-1), /does not answer/)
})

test("an answer with a later serial moves the serial on", () => {
  assert.equal(channel.acknowledge(7), false)
  channel.request({ do: "undo" })
  assert.equal(sent[0].serial, 8)
})
