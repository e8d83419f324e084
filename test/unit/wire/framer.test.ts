import t from 'tap'
import { type FrameHandler, Framer } from '../../../src/wire/framer.js'
import { KEEPALIVE } from '../../../src/wire/message.js'
import { hex } from '../../../src/wire/printable.js'
import type { Fault } from '../../../src/wire/types.js'
import fc from '../../support/properties.js'

/** Collects what comes out; stops after `limit` messages when asked to. */
class Sink implements FrameHandler {
  readonly messages: string[] = []
  readonly faults: Fault[] = []
  limit = Number.POSITIVE_INFINITY

  message(type: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.messages.push(`${type}:${hex(bytes.subarray(start + 19, end), 1e6)}`)
    return this.messages.length < this.limit
  }

  fault(fault: Fault): void {
    this.faults.push(fault)
  }
}

function frame(type: number, body: number[], length = 19 + body.length): Uint8Array {
  return Uint8Array.from([...new Array(16).fill(255), length >>> 8, length & 255, type, ...body])
}

function join(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

function judge(bytes: Uint8Array, maxLength = 4096): string {
  const framer = new Framer()
  framer.maxLength = maxLength
  const sink = new Sink()
  framer.push(bytes, sink)
  if (sink.faults.length > 0) {
    const [{ code, subcode, data }] = sink.faults
    return `${code}/${subcode}/${hex(data)}`
  }
  return sink.messages.length > 0 ? 'message' : 'waiting'
}

t.test('HDR-1: a marker that is not all ones', async (t) => {
  for (let i = 0; i < 16; i++) {
    const bytes = Uint8Array.from(KEEPALIVE)
    bytes[i] = 254
    t.equal(judge(bytes), '1/1/', `octet ${i}`)
  }
})

t.test('HDR-1: judged from the first wrong octet, before a header is there', async (t) => {
  t.equal(judge(Uint8Array.from(Buffer.from('hello\n'))), '1/1/')
  t.equal(judge(join([KEEPALIVE, Uint8Array.of(255, 255, 0)])), '1/1/')
  const framer = new Framer()
  const sink = new Sink()
  t.equal(framer.push(Uint8Array.of(255, 255), sink), true, 'what may become a marker is waited for')
  t.equal(framer.push(Uint8Array.of(1), sink), false)
  t.match(sink.faults, [{ code: 1, subcode: 1 }])
})

t.test('HDR-2: length below 19 or above the maximum, with the length as data', async (t) => {
  t.equal(judge(frame(4, [], 0)), '1/2/0000')
  t.equal(judge(frame(4, [], 18)), '1/2/0012')
  t.equal(judge(frame(2, [], 4097)), '1/2/1001')
  t.equal(judge(frame(2, [], 4096)), 'waiting')
  t.equal(judge(frame(2, [], 4097), 65535), 'waiting')
})

t.test('HDR-3: judged from the header alone', async (t) => {
  t.equal(judge(frame(2, [], 65535)), '1/2/ffff')
  t.equal(judge(frame(9, [], 4000)), '1/3/09')
})

t.test('HDR-4: too short for the type', async (t) => {
  t.equal(judge(frame(1, [], 28)), '1/2/001c')
  t.equal(judge(frame(2, [], 22)), '1/2/0016')
  t.equal(judge(frame(4, [], 20)), '1/2/0014')
  t.equal(judge(frame(5, [], 22)), '1/2/0016')
  t.equal(judge(frame(2, [0, 0, 0, 0])), 'message')
})

t.test('HDR-5: a short NOTIFICATION closes without an answer', async (t) => {
  t.equal(judge(frame(3, [], 20)), '0/0/')
  t.equal(judge(frame(3, [6, 2])), 'message')
})

t.test('HDR-6: an unknown type, with the type as data', async (t) => {
  for (const type of [0, 6, 7, 128, 255]) t.equal(judge(frame(type, [])), `1/3/${hex(Uint8Array.of(type))}`)
})

t.test('EXT-1: OPEN and KEEPALIVE stay short on an extended session', async (t) => {
  t.equal(judge(frame(1, [], 4097), 65535), '1/2/1001')
  t.equal(judge(frame(4, [], 4097), 65535), '1/2/1001')
  t.equal(judge(frame(3, [], 65535), 65535), 'waiting')
})

t.test('HDR-7: split anywhere or joined, the messages are the same', async (t) => {
  const stream = join([
    KEEPALIVE,
    frame(2, [0, 0, 0, 0]),
    frame(3, [6, 2, 5, 104, 101, 108, 108, 111]),
    frame(2, new Array(4077).fill(7)),
    KEEPALIVE,
  ])
  const whole = new Sink()
  t.ok(new Framer().push(stream, whole))
  t.equal(whole.messages.length, 5)
  const single = new Sink()
  const framer = new Framer()
  for (const octet of stream) framer.push(Uint8Array.of(octet), single)
  t.same(single.messages, whole.messages)
  t.equal(framer.buffered, 0)
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), fc.nat(6), (cuts, stop) => {
      const sink = new Sink()
      const framer = new Framer()
      let last = 0
      for (const cut of [...cuts.sort((a, b) => a - b), stream.length]) {
        sink.limit = sink.messages.length + stop
        framer.push(stream.slice(last, cut), sink)
        last = cut
      }
      sink.limit = Number.POSITIVE_INFINITY
      framer.resume(sink)
      return (
        sink.messages.join() === whole.messages.join() && framer.buffered === 0 && sink.faults.length === 0
      )
    }),
    { numRuns: 300 },
  )
})

t.test('a handler that stops gets the rest later', async (t) => {
  const framer = new Framer()
  const sink = new Sink()
  sink.limit = 1
  t.notOk(framer.push(join([KEEPALIVE, KEEPALIVE, KEEPALIVE]), sink))
  t.equal(sink.messages.length, 1)
  t.equal(framer.buffered, 38)
  sink.limit = 2
  t.notOk(framer.resume(sink))
  sink.limit = 9
  t.ok(framer.push(KEEPALIVE.subarray(0, 5), sink))
  t.equal(sink.messages.length, 3)
  t.ok(framer.push(KEEPALIVE.subarray(5), sink))
  t.equal(sink.messages.length, 4)
})

t.test('nothing follows a fault or close', async (t) => {
  const framer = new Framer()
  const sink = new Sink()
  t.notOk(framer.push(join([KEEPALIVE, frame(9, []), KEEPALIVE]), sink))
  t.equal(sink.messages.length, 1)
  t.notOk(framer.push(KEEPALIVE, sink))
  t.equal(sink.messages.length, 1)
  t.equal(sink.faults.length, 1)
  const closing = new Framer()
  let seen = 0
  const once: FrameHandler = {
    message: () => {
      seen++
      closing.close()
      return true
    },
    fault: () => t.fail('no fault'),
  }
  closing.push(join([KEEPALIVE, KEEPALIVE]), once)
  closing.push(KEEPALIVE, once)
  t.equal(seen, 1)
})

t.test('what no message was made of stays as evidence until close', async (t) => {
  const stream = join([KEEPALIVE, frame(9, [1, 2, 3]), KEEPALIVE.subarray(0, 7)])
  const rest = hex(stream.subarray(19), 1e6)
  for (const cut of [0, 19, 25, 38, 41, stream.length]) {
    const framer = new Framer()
    const sink = new Sink()
    framer.push(stream.subarray(0, cut), sink)
    t.equal(framer.broken, sink.faults.length > 0)
    framer.push(stream.subarray(cut), sink)
    t.ok(framer.broken)
    // What comes after the fault is not looked at.
    t.equal(hex(framer.unread(), 1e6), cut < 38 ? rest : rest.slice(0, (cut - 19) * 2), `cut at ${cut}`)
    framer.close()
    t.equal(framer.unread().length, 0)
  }
  const waiting = new Framer()
  waiting.push(join([KEEPALIVE, KEEPALIVE.subarray(0, 18)]), new Sink())
  t.same(waiting.unread(), KEEPALIVE.subarray(0, 18))
})

t.test('the chunk may be reused at once', async (t) => {
  const framer = new Framer()
  const sink = new Sink()
  const chunk = Uint8Array.from(frame(3, [6, 4, 0]))
  const part = chunk.slice(0, 20)
  framer.push(part, sink)
  part.fill(0)
  framer.push(chunk.subarray(20), sink)
  t.same(sink.messages, ['3:060400'])
})

t.test('any octets: never throws, holds less than one message', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (chunks) => {
      const framer = new Framer()
      const sink = new Sink()
      framer.push(KEEPALIVE.subarray(0, 16), sink)
      for (const chunk of chunks) framer.push(chunk, sink)
      return framer.buffered < 4096 && sink.faults.length <= 1
    }),
  )
  t.pass('no counterexample')
})
